// Uploads as state: one file after the other, outside React, so that they go on while screens change.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { statusOf } from "../../api/client";
import { SILENT, TOO_LARGE } from "../../lib/status";
import { deleteProfile, sendFile } from "../../api/uploads";
import { addRatePoint } from "../../lib/rate";
import type { Upload } from "../../types/imports";

interface Source {
  readonly file: File;
  readonly force: boolean;
  readonly abort: AbortController;
}

export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly sources = new Map<number, Source>();
  private readonly listeners = new Set<() => void>();
  private last: Promise<unknown> = Promise.resolve();
  private nextId = 1;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = () => this.uploads;

  /** Queue files and return their results. `refuse` returns the reason for a file that is not sent at all. */
  add(files: readonly File[], refuse: (file: File) => string | undefined): Promise<readonly Upload[]> {
    return Promise.all(files.map((file) => this.addOne(file, refuse(file))));
  }

  /** Tries one again, from the start; `force` takes a file in no known format. */
  again(id: number, force: boolean): Promise<Upload> {
    const source = this.sources.get(id)!;
    this.sources.set(id, { ...source, force, abort: new AbortController() });
    this.change(id, { state: "waiting", sent: 0, ratePoints: [], error: undefined, status: undefined });
    return this.enqueue(id);
  }

  cancel(id: number): void {
    this.sources.get(id)?.abort.abort();
    if (this.find(id).state === "waiting") this.change(id, { state: "cancelled" });
  }

  /** Takes it off the list; the profile stays. */
  dismiss(id: number): void {
    this.cancel(id);
    this.sources.delete(id);
    this.set(this.uploads.filter((upload) => upload.id !== id));
  }

  private addOne(file: File, error: string | undefined): Promise<Upload> {
    const id = this.nextId++;
    this.sources.set(id, { file, force: false, abort: new AbortController() });
    const { name, size } = file;
    const upload: Upload = { id, name, size, sent: 0, ratePoints: [], state: "waiting" };
    const refused: Upload = { ...upload, state: "failed", error, status: TOO_LARGE };
    this.set([...this.uploads, error === undefined ? upload : refused]);
    return error === undefined ? this.enqueue(id) : Promise.resolve(refused);
  }

  private enqueue(id: number): Promise<Upload> {
    const turn = this.last.then(() => this.run(id));
    this.last = turn;
    return turn;
  }

  private async run(id: number): Promise<Upload> {
    const source = this.sources.get(id);
    if (source === undefined || this.find(id).state !== "waiting") return this.find(id);
    const { file, force, abort } = source;
    this.change(id, { state: "sending" });
    const onProgress = (sent: number) => {
      const ratePoints = addRatePoint(this.find(id).ratePoints, { at: performance.now(), bytes: sent });
      this.change(id, { sent, ratePoints, state: sent >= file.size ? "checking" : "sending" });
    };
    try {
      const profile = await sendFile(file, file.name, { force, signal: abort.signal, onProgress });
      this.change(id, { state: "done", profile });
    } catch (error) {
      if (abort.signal.aborted) this.change(id, { state: "cancelled" });
      else this.change(id, { state: "failed", ...failureOf(error) });
    }
    return this.find(id);
  }

  private find(id: number): Upload {
    const gone: Upload = { id, name: "", size: 0, sent: 0, ratePoints: [], state: "cancelled" };
    return this.uploads.find((upload) => upload.id === id) ?? gone;
  }

  private change(id: number, part: Partial<Upload>): void {
    this.set(this.uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
  }

  private set(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

export function useUploads(queue: UploadQueue): readonly Upload[] {
  return useSyncExternalStore(queue.subscribe, queue.snapshot);
}

export function useDeleteProfile() {
  const client = useQueryClient();
  return useMutation({
    // One after the other: the first that fails ends it, and its sentence names the reason.
    mutationFn: async (filenames: readonly string[]) => {
      for (const filename of filenames) {
        await deleteProfile(filename);
        // Another file may come under this name: nothing of the old one may be shown for it.
        const named = JSON.stringify(filename);
        client.removeQueries({ predicate: ({ queryKey }) => JSON.stringify(queryKey).includes(named) });
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["profiles"] }),
  });
}

function failureOf(error: unknown): Partial<Upload> {
  return { error: error instanceof Error ? error.message : String(error), status: statusOf(error) ?? SILENT };
}
