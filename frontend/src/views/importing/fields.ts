// What groups of fields need of the form around them.
import type { FormErrors, ImportForm } from "../../model/jobs/jobsForm";

export interface FieldsProps {
  readonly form: ImportForm;
  readonly errors: FormErrors;
  readonly change: (part: Partial<ImportForm>) => void;
}

/** Hints below the fields, so that fields side by side stay in line. */
export const ORDER: ("label" | "input" | "error" | "description")[] = ["label", "input", "error", "description"];
