// Uploads and downloads. XMLHttpRequest, because fetch does not report how much of a body is sent.
import type { ProfileItem } from "../types/wire";
import { address, ApiError, NO_ANSWER, send, sentenceIn } from "./client";
import { SILENT } from "../lib/status";

export interface SendOptions {
  /** Take a file in no known format. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  /** Bytes sent so far; the server has all of them before it has looked at them. */
  readonly onProgress: (sent: number) => void;
}

/** POST a file as it is. Throws ApiError; an abort by the signal is an AbortError. */
export function sendFile(file: File, name: string, { force, signal, onProgress }: SendOptions): Promise<ProfileItem> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => reject(new ApiError(NO_ANSWER, SILENT));
    request.open("POST", address("profile/", { filename: name, force: force ? "true" : undefined }));
    request.setRequestHeader("Accept", "application/json");
    // Whatever the browser takes the file for: the server looks at the bytes.
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201) resolve(answer as ProfileItem);
      else reject(new ApiError(sentenceIn(answer) ?? `The server answered ${request.status}.`, request.status));
    };
    request.onerror = fail;
    request.ontimeout = fail;
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    if (signal.aborted) request.onabort(new ProgressEvent("abort"));
    else request.send(file);
  });
}

export function deleteProfile(filename: string): Promise<void> {
  return send("DELETE", address("profile/", { filename }));
}

/** Where the file is to be had as it is. */
export function downloadAddress(filename: string): string {
  return address("profile/download", { filename });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
