// Events from elsewhere, such as deploys and collections, on a profile's time axis.
import { formatDecimal } from "../lib/format";
import type { MarksAnswer } from "../types/wire";
import { address, getJson } from "./client";
import { sendFile } from "./uploads";

export interface MarksRequest {
  readonly filename: string;
  readonly type: string;
  /** Files besides those of the profile. */
  readonly marks: readonly string[];
  /** Seconds since 1970 at the axis' beginning, where they are given. */
  readonly began: number | undefined;
}

export function fetchMarks({ filename, type, marks, began }: MarksRequest, signal: AbortSignal): Promise<MarksAnswer> {
  const query = { filename, type: type || undefined, marks, began: began === undefined ? undefined : formatDecimal(began) };
  return getJson(address("marks/", query), signal);
}

/** Put a file beside a profile, as its marks. Throws ApiError. */
export async function sendMarks(filename: string, file: File): Promise<void> {
  const name = `${filename}.marks.${file.name.replace(/[\\/]/g, "_").replace(/^\.+/, "") || "csv"}`;
  await sendFile(file, name, { force: true, signal: new AbortController().signal, onProgress: () => undefined });
}
