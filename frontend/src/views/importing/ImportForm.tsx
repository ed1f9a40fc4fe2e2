// The two forms. Errors appear at their fields when the form is sent, and from then on with each change.
import { Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { EMPTY_FORM, formErrors, requestOf, spreadPlace, type ImportForm as Form } from "../../model/jobs/jobsForm";
import { firstForm, readMemory, remember } from "../../model/jobs/jobsHosts";
import { useStartJob } from "../../state/jobs/imports";
import { readMemoryText, writeMemoryText } from "../../state/jobs/importsStorage";
import type { JobKind } from "../../types/imports";
import { CaptureFields } from "./CaptureFields";
import { Commands } from "./Commands";
import { useImporting } from "./context";
import { ORDER, type FieldsProps } from "./fields";
import { HostFields } from "./HostFields";
import classes from "./importing.module.css";

interface ImportFormProps {
  readonly kind: JobKind;
  readonly onStarted: (id: string) => void;
  readonly onClose: () => void;
}

const DEFAULT_MAX_SECONDS = 600;
const NAMES = { ssh: "the name of the file.", capture: "host and time.", record: "the time." } as const;
const FORM_IDS = { ssh: "import-form", capture: "capture-form", record: "record-form" } as const;

export function ImportForm({ kind, onStarted, onClose }: ImportFormProps) {
  const { offer } = useImporting();
  const maxSeconds = offer?.maxSeconds ?? DEFAULT_MAX_SECONDS;
  const [memory] = useState(() => readMemory(readMemoryText()));
  const [form, setForm] = useState(() => shortened(firstForm(memory, kind), maxSeconds));
  const [checked, setChecked] = useState(false);
  const start = useStartJob();
  const errors = checked ? formErrors(form, kind, maxSeconds) : {};
  const change = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const whole = kind === "record" ? form : spreadPlace(form);
    setForm(whole);
    setChecked(true);
    if (Object.keys(formErrors(whole, kind, maxSeconds)).length > 0) {
      // After the fields have got their marks.
      setTimeout(() => element.querySelector<HTMLInputElement>("[aria-invalid=true]")?.focus());
      return;
    }
    writeMemoryText(JSON.stringify(remember(memory, whole, kind)));
    start.mutate({ request: requestOf(whole, kind) }, { onSuccess: (job) => onStarted(job.id) });
  };

  const fields: FieldsProps = { form, errors, change };
  return (
    <form
      className={classes.form}
      onSubmit={submit}
      noValidate
      autoComplete="off"
      data-testid={FORM_IDS[kind]}
    >
      {kind !== "record" && <HostFields {...fields} memory={memory} aliases={offer?.hosts ?? []} />}
      {kind !== "ssh" && (
        <CaptureFields
          {...fields}
          maxSeconds={maxSeconds}
          machine={kind === "record" ? "the server’s machine" : "the host"}
        />
      )}
      {kind === "ssh" && (
        <TextInput
          label="File on the host"
          inputWrapperOrder={ORDER}
          description="perf script output or any profile; perf.data is converted on the host"
          placeholder="/home/devops/beacon/perf.out"
          value={form.path}
          error={errors.path}
          onChange={(event) => change({ path: event.currentTarget.value })}
          spellCheck={false}
          data-testid="field-path"
        />
      )}
      <TextInput
        label="Save as"
        inputWrapperOrder={ORDER}
        description={`Optional; folders with /. Default: ${NAMES[kind]}`}
        placeholder={kind === "ssh" ? "beacon/perf.out" : "beacon/spike.perf"}
        value={form.filename}
        error={errors.filename}
        onChange={(event) => change({ filename: event.currentTarget.value })}
        spellCheck={false}
        data-testid="field-filename"
      />
      {kind !== "ssh" && <Commands form={form} maxSeconds={maxSeconds} />}
      {start.isError && (
        <p className={classes.formError} role="alert" data-testid="form-error">
          {start.error.message}
        </p>
      )}
      <div className={classes.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" className={classes.primary} loading={start.isPending} data-testid="start">
          {kind === "ssh" ? "Import" : "Record"}
        </Button>
      </div>
    </form>
  );
}

/** The usual minute may be more than this server allows. */
function shortened(form: Form, maxSeconds: number): Form {
  const usual = form.seconds === EMPTY_FORM.seconds && Number(form.seconds) > maxSeconds;
  return usual ? { ...form, seconds: String(maxSeconds) } : form;
}
