// What arrives by itself: uploads, and jobs that bring files over SSH. Answers of the server as it
// names them, and what a form or an upload is while it lives in the browser.
import type { ProfileItem } from "./wire";

interface Permission {
  readonly enabled: boolean;
  /** Why not; null where it is. */
  readonly reason: string | null;
}

export interface HostAlias {
  readonly alias: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** GET /import/hosts: what may be done, and the hosts that ~/.ssh/config names. */
export interface ImportOffer {
  readonly upload: Permission;
  readonly ssh: Permission;
  readonly hosts: readonly HostAlias[];
  readonly maxSeconds: number;
  readonly maxBytes: number;
}

export type JobKind = "ssh" | "capture";
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface HostKey {
  readonly algorithm: string;
  readonly fingerprint: string;
  readonly host?: string;
  readonly port?: number;
}

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** GET /import/<id> */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  /** "admin@host:/path", "admin@host 'pattern'". */
  readonly source: string;
  readonly state: JobState;
  readonly step: string;
  /** Bytes. */
  readonly done: number;
  readonly size: number | null;
  readonly secondsLeft: number | null;
  readonly created: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly error: string | null;
  readonly filename: string | null;
  readonly warnings: readonly string[];
  /** What the error is told by, where the page does something about it. */
  readonly code?: "hostKeyUnknown" | "hostKeyChanged";
  /** The key that an unknown host shows. */
  readonly hostKey?: HostKey;
  /** Where a pattern matches several. */
  readonly processes?: readonly FoundProcess[];
}

/** How many bytes had come by when; a few of them make a rate. */
export interface Mark {
  /** Milliseconds of this machine. */
  readonly at: number;
  readonly bytes: number;
}

/** A job with what the page saw of it while it asked. */
export interface WatchedJob extends Job {
  readonly marks: readonly Mark[];
}

interface Place {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  /** Fingerprint that the user accepts. */
  readonly hostKey?: string;
  readonly filename?: string;
}

export interface FetchBody extends Place {
  readonly path: string;
}

export type CallGraph = "fp" | "dwarf" | "lbr";

export interface CaptureBody extends Place {
  readonly pid?: number | undefined;
  readonly pgrep?: string | undefined;
  readonly system?: boolean | undefined;
  readonly frequency: number;
  readonly seconds: number;
  readonly event?: string;
  readonly callGraph: CallGraph;
  readonly sudo: boolean;
}

/** What a job was asked with; kept, so that it can be asked again with a key or a pid. */
export type ImportRequest =
  | { readonly kind: "ssh"; readonly body: FetchBody }
  | { readonly kind: "capture"; readonly body: CaptureBody };

export type UploadState = "waiting" | "sending" | "checking" | "done" | "failed" | "cancelled";

export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly sent: number;
  readonly marks: readonly Mark[];
  readonly state: UploadState;
  /** The server's sentence, and its HTTP status (0 where no answer came). */
  readonly error?: string | undefined;
  readonly status?: number | undefined;
  /** What it has become. */
  readonly profile?: ProfileItem;
}
