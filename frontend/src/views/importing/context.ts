// Actions for any screen: upload files, open a form, show a job.
import { createContext, useContext } from "react";
import type { ImportOffer, JobKind, WatchedJob } from "../../types/imports";

export interface Importing {
  /** The permissions of the server; undefined until they are known. */
  readonly offer: ImportOffer | undefined;
  /** The jobs that the server shows to this page. */
  readonly jobs: readonly WatchedJob[];
  readonly upload: (files: readonly File[]) => void;
  readonly openForm: (kind: JobKind) => void;
  readonly showJob: (id: string) => void;
}

/** The content of the dialog: a form or a job. */
export type Shown = { readonly form: JobKind } | { readonly job: string };

const nothing = () => undefined;

export const ImportingContext = createContext<Importing>({
  offer: undefined,
  jobs: [],
  upload: nothing,
  openForm: nothing,
  showJob: nothing,
});

export const useImporting = () => useContext(ImportingContext);
