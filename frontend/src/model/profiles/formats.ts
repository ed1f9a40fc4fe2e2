// The formats that the server reads, by type and in words.
import type { Format } from "../../types/wire";

/** One format of each type, in their order: the first one names the type. */
export function oneOfEachType(formats: readonly Format[]): Format[] {
  return formats.filter(({ type }, index) => formats.findIndex((one) => one.type === type) === index);
}

/** The title of a type; a type without one is shown by its own name. */
export function typeTitle(formats: readonly Format[], type: string): string {
  return formats.find((one) => one.type === type)?.title ?? type;
}

/** "a, b and c, compressed or not"; until the formats are known, "profiles, compressed or not". */
export function formatsInWords(formats: readonly Format[]): string {
  const titles = formats.map(({ title }) => title);
  const last = titles.pop() ?? "profiles";
  return `${titles.length > 0 ? `${titles.join(", ")} and ${last}` : last}, compressed or not`;
}
