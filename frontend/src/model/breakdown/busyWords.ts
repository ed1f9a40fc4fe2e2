// Busy CPUs in words.

/** "1.98 of 2 CPUs", "0.24 CPUs" where their number is not known. */
export function busyWords(busy: number, cpus: number | undefined | null): string {
  const number = busy.toFixed(busy < 9.995 ? 2 : 1);
  return typeof cpus === "number" ? `${number} of ${cpus} ${cpus === 1 ? "CPU" : "CPUs"}` : `${number} CPUs`;
}
