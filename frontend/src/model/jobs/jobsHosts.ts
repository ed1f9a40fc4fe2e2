// The hosts that a form suggests: the last used ones of this browser, then those of ~/.ssh/config; and
// the fields as they were left the last time.
import type { HostAlias, JobKind } from "../../types/imports";
import { EMPTY_FORM, type ImportForm } from "./jobsForm";

const MOST_HOSTS = 12;

export interface UsedHost {
  readonly host: string;
  readonly user: string;
  readonly port: string;
}

/** The memory of this browser. It is stored as JSON, so anything in it may be missing or wrong. */
export interface ImportMemory {
  readonly hosts: readonly UsedHost[];
  readonly forms: Partial<Record<JobKind, ImportForm>>;
}

export interface Suggestion extends UsedHost {
  readonly label: string;
}

export const NO_MEMORY: ImportMemory = { hosts: [], forms: {} };

/** A form that was sent, remembered: its host first, its fields for the next time. */
export function remember(memory: ImportMemory, form: ImportForm, kind: JobKind): ImportMemory {
  const forms = { ...memory.forms, [kind]: { ...form, filename: "" } };
  if (kind === "record") return { ...memory, forms };
  const used: UsedHost = { host: form.host, user: form.user, port: form.port };
  const others = memory.hosts.filter((other) => !isSame(other, used));
  return {
    hosts: [used, ...others].slice(0, MOST_HOSTS),
    forms,
  };
}

export function readMemory(text: string | null): ImportMemory {
  try {
    const { hosts, forms } = JSON.parse(text ?? "") as Partial<ImportMemory>;
    return {
      hosts: Array.isArray(hosts) ? (hosts as unknown[]).filter(isUsedHost).slice(0, MOST_HOSTS) : [],
      forms: { ...readForm("ssh", forms), ...readForm("capture", forms), ...readForm("record", forms) },
    };
  } catch {
    return NO_MEMORY;
  }
}

/** The form when it opens: as it was left, else with the last host. */
export function firstForm(memory: ImportMemory, kind: JobKind): ImportForm {
  return memory.forms[kind] ?? { ...EMPTY_FORM, ...memory.hosts[0] };
}

export function suggestions(memory: ImportMemory, aliases: readonly HostAlias[]): readonly Suggestion[] {
  const used = memory.hosts.map((one) => ({ ...one, label: placeOf(one) }));
  const configured = aliases
    .filter(({ alias }) => !memory.hosts.some(({ host }) => host === alias))
    .map(({ alias, host, user, port }) => ({
      host: alias,
      // The configuration has these.
      user: "",
      port: "",
      label: placeOf({ host, user, port: port === 22 ? "" : String(port) }),
    }));
  return [...used, ...configured];
}

/** The fields for a host that was picked: its user and port come along. */
export function pickHost(form: ImportForm, host: string, all: readonly Suggestion[]): ImportForm {
  const found = all.find((one) => one.host === host);
  return found ? { ...form, host, user: found.user, port: found.port } : { ...form, host };
}

function placeOf({ host, user, port }: UsedHost): string {
  return `${user === "" ? "" : `${user}@`}${host}${port === "" ? "" : `:${port}`}`;
}

function isSame(a: UsedHost, b: UsedHost): boolean {
  return a.host === b.host && a.user === b.user && a.port === b.port;
}

function isUsedHost(value: unknown): value is UsedHost {
  const one = value as Partial<UsedHost> | null;
  return typeof one?.host === "string" && typeof one.user === "string" && typeof one.port === "string";
}

function readForm(kind: JobKind, forms: unknown): Partial<Record<JobKind, ImportForm>> {
  const saved = (forms as Partial<Record<JobKind, unknown>> | undefined)?.[kind];
  if (typeof saved !== "object" || saved === null) return {};
  const given = saved as Readonly<Record<string, unknown>>;
  const form: Record<string, unknown> = { ...EMPTY_FORM };
  for (const [key, value] of Object.entries(EMPTY_FORM)) {
    if (typeof given[key] === typeof value) form[key] = given[key];
  }
  return { [kind]: form as unknown as ImportForm };
}
