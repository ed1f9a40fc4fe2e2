// An upload in words: its progress, its rate, and the remedy when the server refuses it.
import { formatBytes } from "../../lib/format";
import { rateOf } from "../../lib/rate";
import { BUSY, CONFLICT, FORBIDDEN, FULL, SERVER_FAULT, SILENT, TOO_LARGE, UNKNOWN_FORMAT } from "../../lib/status";
import type { Upload } from "../../types/imports";
import { formatLeft } from "./jobs";

/** The remedy of a refusal. */
export type UploadRemedy = "force" | "retry" | undefined;

const ADVICE: Readonly<Record<number, string>> = {
  [SILENT]: "Check that the server runs and that this is a file, not a folder, then try again.",
  [FORBIDDEN]: "Ask the administrator of this server.",
  [CONFLICT]: "Rename the file and upload it again.",
  [TOO_LARGE]: "Record for a shorter time or at a lower frequency, or upload it compressed (gzip, zstd).",
  [UNKNOWN_FORMAT]: "If it is a profile, upload it anyway and choose how to open it. It is kept and listed in any case.",
  [BUSY]: "Try again in a moment.",
  [FULL]: "Delete profiles that are no longer needed, then try again.",
};

export function isUnderWay({ state }: Upload): boolean {
  return state === "waiting" || state === "sending" || state === "checking";
}

/** 0…100, whole; a file that is sent but not yet taken is not at 100. */
export function percentOf({ state, sent, size }: Upload): number {
  if (state === "done") return 100;
  return size <= 0 ? 0 : Math.min(99, Math.floor((100 * sent) / size));
}

export function remedyOf({ state, status }: Upload): UploadRemedy {
  if (state === "cancelled") return "retry";
  if (state !== "failed") return undefined;
  if (status === UNKNOWN_FORMAT) return "force";
  return status === SILENT || (status ?? SILENT) >= SERVER_FAULT ? "retry" : undefined;
}

export function adviceOf({ state, status }: Upload): string | undefined {
  return state === "failed" && status !== undefined ? ADVICE[status] : undefined;
}

/** "45 % · 12 MB of 27 MB · 8.1 MB/s · 2 s left" */
export function describeUpload(upload: Upload): string {
  switch (upload.state) {
    case "waiting":
      return `Waiting · ${formatBytes(upload.size)}`;
    case "checking":
      return "Sent, checking";
    case "done":
      return formatBytes(upload.size);
    case "failed":
      // The error follows.
      return "";
    case "cancelled":
      return "Cancelled";
    case "sending": {
      const rate = rateOf(upload.ratePoints);
      const parts = [`${percentOf(upload)} %`, `${formatBytes(upload.sent)} of ${formatBytes(upload.size)}`];
      if (rate !== undefined) {
        parts.push(`${(rate / 1e6).toFixed(1)} MB/s`, formatLeft((upload.size - upload.sent) / rate));
      }
      return parts.join(" · ");
    }
  }
}

/** The refusal that the server would send, known before a gigabyte is uploaded. */
export function refusalOf(size: number, maxBytes: number | undefined): string | undefined {
  if (maxBytes === undefined || size <= maxBytes) return undefined;
  return `The file is ${formatBytes(size)}; this server takes at most ${formatBytes(maxBytes)} (max_file_bytes).`;
}
