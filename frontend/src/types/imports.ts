// Uploads, and jobs that bring files over SSH, as forms and lists hold them in the browser. The server's types are
// in api.ts.
import type { CaptureBody as AnyCapture, FetchBody, Job, RecordBody as AnyRecord } from "./api";
import type { ProfileItem } from "./wire";

export type { Alias as HostAlias, FetchBody, FoundProcess, HostKey, Hosts as ImportOffer, Job } from "./api";

export type JobKind = Job["kind"];
/** A recording as the form asks for it: with its length. The server checks that it names one target. */
export type CaptureBody = Omit<AnyCapture, "seconds"> & { readonly seconds: number };
export type RecordBody = Omit<AnyRecord, "seconds"> & { readonly seconds: number };
export type CallGraph = NonNullable<CaptureBody["callGraph"]>;

/** How many bytes had come by when; a few of them make a rate. */
export interface RatePoint {
  /** Milliseconds of this machine. */
  readonly at: number;
  readonly bytes: number;
}

/** A job, and its progress as the page has seen it. */
export interface WatchedJob extends Job {
  readonly ratePoints: readonly RatePoint[];
}

/** The request that started a job. It is kept, to be sent again with a host key or a pid. */
export type ImportRequest =
  | { readonly kind: "ssh"; readonly body: FetchBody }
  | { readonly kind: "capture"; readonly body: CaptureBody }
  | { readonly kind: "record"; readonly body: RecordBody };

export type UploadState = "waiting" | "sending" | "checking" | "done" | "failed" | "cancelled";

export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly sent: number;
  readonly ratePoints: readonly RatePoint[];
  readonly state: UploadState;
  /** The server's sentence, and its HTTP status (0 where no answer came). */
  readonly error?: string | undefined;
  readonly status?: number | undefined;
  /** Its profile in the list, once it has arrived. */
  readonly profile?: ProfileItem;
}
