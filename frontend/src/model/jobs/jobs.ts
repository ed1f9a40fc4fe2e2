// A job in words: its steps, its progress, the time left, and its question when it fails.
import { formatBytes, formatDuration } from "../../lib/format";
import { rateOf } from "../../lib/rate";
import type { ImportRequest, Job, JobKind, WatchedJob } from "../../types/imports";

export interface StepView {
  readonly name: string;
  readonly title: string;
  readonly state: "done" | "now" | "todo" | "failed";
}

/** The question that a failed job must have answered before it continues. "changedKey" must not continue. */
export type Question = "hostKey" | "process" | "changedKey" | undefined;

export interface JobSummary {
  readonly steps: readonly StepView[];
  /** 0…1 of the present step; undefined while unknown. */
  readonly fraction: number | undefined;
  readonly secondsLeft: number | undefined;
  /** "Recording · 12 s left", "Done · 3.5 MB". */
  readonly status: string;
  readonly question: Question;
}

const TITLES: Readonly<Record<string, string>> = {
  connecting: "Connecting",
  recording: "Recording",
  reading: "Reading",
  landing: "Saving",
};
const STEPS: Readonly<Record<JobKind, readonly string[]>> = {
  ssh: ["connecting", "reading", "landing"],
  capture: ["connecting", "recording", "reading", "landing"],
  record: ["recording", "reading", "landing"],
};
const ENDED_WORDS = { done: "Done", failed: "Failed", cancelled: "Cancelled" } as const;

const SENTENCE = /[^]*?[.!?](?=\s|$)/y;
const MOST_LETTERS = 400;

/** The first two sentences of an error: the fault and the remedy. The details show all of it. */
export function shortError(error: string): string {
  SENTENCE.lastIndex = 0;
  let end = 0;
  for (let sentence = 0; sentence < 2 && SENTENCE.exec(error); sentence += 1) end = SENTENCE.lastIndex;
  const text = end > 0 ? error.slice(0, end) : error;
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}

export function isActive({ state }: Pick<Job, "state">): boolean {
  return state === "queued" || state === "running";
}

/** "Import from admin@host:/path", "Recording of admin@host pid 12". */
export function titleOf({ kind, source }: Pick<Job, "kind" | "source">): string {
  return kind === "ssh" ? `Import from ${source}` : `Recording of ${source}`;
}

/** @param request the request that started the job, where this browser has it */
export function summarize(job: WatchedJob, request?: ImportRequest): JobSummary {
  const [secondsLeft, question] = [secondsLeftOf(job), questionOf(job)];
  return {
    steps: stepsOf(job, isAnswerable(question)),
    fraction: fractionOf(job, request),
    secondsLeft,
    status: isAnswerable(question) ? "Waiting for your answer" : statusOf(job, secondsLeft),
    question,
  };
}

/** Check whether an answer of the user lets the job continue. The server counts it as failed. */
export function isAnswerable(question: Question): boolean {
  return question === "hostKey" || question === "process";
}

function stepsOf({ kind, state, step }: Job, waiting: boolean): readonly StepView[] {
  const names = STEPS[kind];
  // "queued" and "starting" come before the first.
  const present = names.indexOf(step);
  const shown = waiting ? "running" : state;
  return names.map((name, index) => ({ name, title: TITLES[name] ?? name, state: stateOfStep(index, present, shown) }));
}

function stateOfStep(index: number, present: number, state: Job["state"]): StepView["state"] {
  if (state === "done" || index < present) return "done";
  if (index > Math.max(0, present)) return "todo";
  if (isActive({ state })) return present < 0 ? "todo" : "now";
  return "failed";
}

function secondsLeftOf(job: WatchedJob): number | undefined {
  if (job.state !== "running") return undefined;
  if (job.secondsLeft !== null) return job.secondsLeft;
  const rate = rateOf(job.ratePoints);
  return job.size !== null && rate !== undefined ? Math.max(0, (job.size - job.done) / rate) : undefined;
}

function fractionOf(job: Job, request: ImportRequest | undefined): number | undefined {
  if (job.state === "done") return 1;
  if (job.state !== "running") return undefined;
  if (job.step === "recording" && job.secondsLeft !== null && request !== undefined && request.kind !== "ssh") {
    return clamped(1 - job.secondsLeft / request.body.seconds);
  }
  return job.step === "reading" && job.size ? clamped(job.done / job.size) : undefined;
}

function statusOf(job: Job, secondsLeft: number | undefined): string {
  if (job.state === "queued") return "Waiting for other jobs";
  if (job.state !== "running") {
    const word = ENDED_WORDS[job.state];
    return job.state === "done" && job.done > 0 ? `${word} · ${formatBytes(job.done)}` : word;
  }
  const parts = [TITLES[job.step] ?? "Starting"];
  if (job.step === "reading" && job.done > 0) {
    parts.push(job.size === null ? formatBytes(job.done) : `${formatBytes(job.done)} of ${formatBytes(job.size)}`);
  }
  if (secondsLeft !== undefined) parts.push(formatLeft(secondsLeft));
  return parts.join(" · ");
}

function questionOf({ state, code, hostKey, processes }: Job): Question {
  if (state !== "failed") return undefined;
  if (hostKey) return "hostKey";
  if (processes && processes.length > 0) return "process";
  return code === "hostKeyChanged" ? "changedKey" : undefined;
}

/** "12 s left", "2 min 05 s left". */
export function formatLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${whole < 60 ? `${whole} s` : formatDuration(whole)} left`;
}

/** The same again, for a host whose key the user trusts. */
export function withHostKey(request: ImportRequest, fingerprint: string): ImportRequest {
  if (request.kind === "record") return request;
  return request.kind === "ssh"
    ? { kind: "ssh", body: { ...request.body, hostKey: fingerprint } }
    : { kind: "capture", body: { ...request.body, hostKey: fingerprint } };
}

/** The same recording, of one process out of several. */
export function withPid(request: ImportRequest, pid: number): ImportRequest {
  if (request.kind === "ssh") return request;
  // Left out of the JSON where undefined.
  const target = { pgrep: undefined, system: undefined, pid };
  return request.kind === "record"
    ? { kind: "record", body: { ...request.body, ...target } }
    : { kind: "capture", body: { ...request.body, ...target } };
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
