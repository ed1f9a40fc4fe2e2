// The two forms: their fields, errors and requests. The server checks everything again. Here a mistake is shown
// at its field before anything is sent.
import type { CallGraph, FetchBody, ImportRequest, JobKind, RecordBody } from "../../types/imports";

export type Subject = "pgrep" | "pid" | "system";

/** Everything is text, as fields are. */
export interface ImportForm {
  readonly host: string;
  readonly user: string;
  readonly port: string;
  readonly filename: string;
  readonly path: string;
  readonly subject: Subject;
  readonly pgrep: string;
  readonly pid: string;
  readonly frequency: string;
  readonly seconds: string;
  readonly event: string;
  readonly callGraph: CallGraph;
  readonly sudo: boolean;
  /** Let Node sample itself, without perf: the fields that mean something to perf alone do not count then. */
  readonly cpuProf: boolean;
  /** The last seconds to keep, empty for all. */
  readonly ring: string;
}

export type FormErrors = Partial<Record<keyof ImportForm, string>>;

export const EMPTY_FORM: ImportForm = {
  host: "",
  user: "",
  port: "",
  filename: "",
  path: "",
  subject: "pgrep",
  pgrep: "",
  pid: "",
  frequency: "99",
  seconds: "60",
  event: "",
  callGraph: "fp",
  sudo: false,
  cpuProf: false,
  ring: "",
};

const MAX_PORT = 65_535;
const MAX_PID = 1 << 22;
const MAX_FREQUENCY = 50_000;
const MIN_RING = 2;
const MAX_RING = 86_400;
// As the server's: beacon, 10.0.0.7, node_1.example.org, fe80::1%eth0; not -oProxyCommand=…
const HOST = /^(?!.*\.\.)[A-Za-z0-9:][A-Za-z0-9._:%-]{0,252}$/;
const USER = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}$/;
// cpu-clock, cycles:u, sched:sched_switch, cpu/event=0x3c,umask=0/
const EVENT = /^[A-Za-z0-9{][A-Za-z0-9_:./,=@*{}-]{0,199}$/;
// admin@beacon:2222, admin@beacon:/var/perf.out, [fd00::1]:2222, beacon:perf.out
const PLACE = /^(?:([^@\s/]+)@)?(\[[^\]]+\]|[^:@\s/]+)(?::(\d+))?(?::([^:].*))?$/;
// fd00::1, fe80::1%eth0
const BARE_IPV6 = /^[0-9A-Fa-f]*(:[0-9A-Fa-f]*){2,}(%\w+)?$/;

/** Split text pasted into the host field, in the syntax of ssh and scp. Fields that it does not name stay. */
export function spreadPlace(form: ImportForm): ImportForm {
  const text = form.host.trim();
  const found = BARE_IPV6.test(text) ? null : PLACE.exec(text);
  if (!found) return form;
  const [, user, host, port, path] = found;
  return {
    ...form,
    host: (host ?? "").replace(/^\[|\]$/g, ""),
    user: user ?? form.user,
    port: port ?? form.port,
    path: path ?? form.path,
  };
}

export function formErrors(form: ImportForm, kind: JobKind, maxSeconds: number): FormErrors {
  const errors: FormErrors = kind === "record" ? {} : hostErrors(form);
  const wrongName = filenameError(form.filename.trim());
  if (wrongName !== undefined) errors.filename = wrongName;
  return { ...errors, ...(kind === "ssh" ? fetchErrors(form) : captureErrors(form, maxSeconds)) };
}

function hostErrors(form: ImportForm): FormErrors {
  const { host, user, port } = trimmed(form);
  const errors: FormErrors = {};
  if (host === "") errors.host = "Enter the host: an address, a name, or an alias of ~/.ssh/config.";
  else if (!HOST.test(host)) errors.host = "Not a valid host name.";
  if (user !== "" && !USER.test(user)) errors.user = "Not a valid user name.";
  if (port !== "" && !isWhole(port, 1, MAX_PORT)) errors.port = `A whole number from 1 to ${MAX_PORT}.`;
  return errors;
}

function fetchErrors({ path }: ImportForm): FormErrors {
  if (path.trim() === "") return { path: "Enter the path of the file on the host." };
  return path.trim().endsWith("/") ? { path: "This is a directory: enter a file in it." } : {};
}

function captureErrors(form: ImportForm, maxSeconds: number): FormErrors {
  const { subject, pgrep, pid, frequency, seconds, event, ring } = trimmed(form);
  const errors: FormErrors = {};
  if (subject === "pgrep" && pgrep === "") errors.pgrep = "Enter part of the command line, such as its script.";
  if (subject === "pid" && !isWhole(pid, 1, MAX_PID)) errors.pid = "A process number: a whole number above 0.";
  if (!isWhole(frequency, 1, MAX_FREQUENCY)) errors.frequency = `A whole number from 1 to ${MAX_FREQUENCY}.`;
  if (!isWhole(seconds, 1, maxSeconds)) errors.seconds = `A whole number from 1 to ${maxSeconds}.`;
  if (byNode(form)) return errors;
  if (ring !== "" && !isWhole(ring, MIN_RING, MAX_RING)) {
    errors.ring = `A whole number from ${MIN_RING} to ${MAX_RING}, or empty.`;
  }
  if (event !== "" && !EVENT.test(event)) errors.event = "An event as perf list names it, such as cpu-clock.";
  return errors;
}

/** Whether Node samples itself: the whole machine is only perf's. */
export function byNode(form: ImportForm): boolean {
  return form.cpuProf && form.subject !== "system";
}

/** The error of a profile's name. The server replaces an empty name. */
export function filenameError(name: string): string | undefined {
  if (name === "") return undefined;
  // oxlint-disable-next-line no-control-regex -- control characters are searched for
  if (/[\u0000-\u001f\u007f-\u009f\\]/.test(name)) return "No control characters and no backslash.";
  const wrong = name.split("/").some((part) => part === "" || part.startsWith("."));
  return wrong ? "A path below the profile directory, without parts that are empty or start with a dot." : undefined;
}

/** The request of a form without errors. Empty fields are left to the server. */
export function requestOf(form: ImportForm, kind: JobKind): ImportRequest {
  const { host, user, port, filename, path } = trimmed(form);
  if (kind === "record") return { kind, body: recordingOf(form) };
  const place = {
    host,
    ...(port !== "" && { port: Number(port) }),
    ...(user !== "" && { user }),
  };
  if (kind === "capture") return { kind, body: { ...place, ...recordingOf(form) } };
  return { kind, body: { ...place, ...(filename !== "" && { filename }), path } satisfies FetchBody };
}

/** Return the fields of a recording, on a host or on this machine. */
export function recordingOf(form: ImportForm): RecordBody {
  const { filename, subject, pgrep, pid, frequency, seconds, event, ring } = trimmed(form);
  const perfs = {
    ...(event !== "" && { event }),
    ...(ring !== "" && { ring: Number(ring) }),
    callGraph: form.callGraph,
    sudo: form.sudo,
  };
  return {
    ...(filename !== "" && { filename }),
    ...(subject === "pgrep" && { pgrep }),
    ...(subject === "pid" && { pid: Number(pid) }),
    ...(subject === "system" && { system: true }),
    frequency: Number(frequency),
    seconds: Number(seconds),
    ...(byNode(form) ? { cpuProf: true } : perfs),
  };
}

/** Advice on a frequency. */
export function frequencyHint(frequency: string): string {
  if (!isWhole(frequency.trim(), 1, MAX_FREQUENCY)) return "Samples a second.";
  const value = Number(frequency);
  if (value % 10 === 0) return `A round number runs in step with timers: use ${value - 1}.`;
  if (value > 1000) return "More than 1000 a second slows the process down.";
  return "Samples a second: 97 or 99 is light, 997 shows milliseconds.";
}

function trimmed(form: ImportForm): ImportForm {
  const result: Record<string, string | boolean> = {};
  for (const [key, value] of Object.entries(form) as [string, string | boolean][]) {
    result[key] = typeof value === "string" ? value.trim() : value;
  }
  return result as unknown as ImportForm;
}

function isWhole(text: string, low: number, high: number): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) >= low && Number(text) <= high;
}
