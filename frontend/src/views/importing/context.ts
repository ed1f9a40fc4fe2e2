// What any screen may ask for: files to upload, a form, a look at a job.
import { createContext, useContext } from "react";
import type { ImportOffer, JobKind } from "../../types/imports";

export interface Importing {
  /** undefined until the server has said what it lets us do. */
  readonly offer: ImportOffer | undefined;
  readonly upload: (files: readonly File[]) => void;
  readonly openForm: (kind: JobKind) => void;
  readonly showJob: (id: string) => void;
}

/** What the window with a form or a job in it shows. */
export type Shown = { readonly form: JobKind } | { readonly job: string };

const nothing = () => undefined;

export const ImportingContext = createContext<Importing>({
  offer: undefined,
  upload: nothing,
  openForm: nothing,
  showJob: nothing,
});

export const useImporting = () => useContext(ImportingContext);
