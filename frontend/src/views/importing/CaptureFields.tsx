// What is recorded, how often and for how long. The defaults are those of the guide: 99 a second, a minute.
import { NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { byNode, frequencyHint, type Subject } from "../../model/jobs/jobsForm";
import type { CallGraph } from "../../types/imports";
import { ORDER, type FieldsProps } from "./fields";
import classes from "./importing.module.css";

const SUBJECTS: { readonly value: Subject; readonly label: string }[] = [
  { value: "pgrep", label: "Process by pattern" },
  { value: "pid", label: "Process by pid" },
  { value: "system", label: "Whole machine" },
];
const CALL_GRAPHS: { readonly value: CallGraph; readonly label: string }[] = [
  { value: "fp", label: "fp: frame pointers (small)" },
  { value: "dwarf", label: "dwarf: debug information (large)" },
  { value: "lbr", label: "lbr: branch records (Intel)" },
];

interface CaptureFieldsProps extends FieldsProps {
  readonly maxSeconds: number;
  /** "the host", or "the server’s machine". */
  readonly machine: string;
}

export function CaptureFields({ form, errors, change, maxSeconds, machine }: CaptureFieldsProps) {
  return (
    <>
      <div className={classes.subject}>
        <SegmentedControl
          aria-label="What to record"
          data={SUBJECTS}
          value={form.subject}
          onChange={(value) => change({ subject: value })}
          data-testid="subject"
          data-value={form.subject}
        />
        {form.subject === "pgrep" && (
          <TextInput
            label="Pattern"
            inputWrapperOrder={ORDER}
            description="Part of its command line, as for pgrep -f; several matches are a choice"
            placeholder="lodestar beacon"
            value={form.pgrep}
            error={errors.pgrep}
            onChange={(event) => change({ pgrep: event.currentTarget.value })}
            spellCheck={false}
            data-testid="field-pgrep"
          />
        )}
        {form.subject === "pid" && (
          <TextInput
            label="Process id (pid)"
            inputWrapperOrder={ORDER}
            description={`The pid on ${machine}`}
            inputMode="numeric"
            value={form.pid}
            error={errors.pid}
            onChange={(event) => change({ pid: event.currentTarget.value })}
            data-testid="field-pid"
          />
        )}
        {form.subject === "system" && <p className={classes.dim}>All processes on all CPUs; usually needs sudo.</p>}
      </div>
      <div className={classes.pair}>
        <TextInput
          label="Frequency"
          inputWrapperOrder={ORDER}
          description={frequencyHint(form.frequency)}
          inputMode="numeric"
          value={form.frequency}
          error={errors.frequency}
          onChange={(event) => change({ frequency: event.currentTarget.value })}
          data-testid="field-frequency"
        />
        <TextInput
          label="Seconds"
          inputWrapperOrder={ORDER}
          description={`How long to record${form.ring.trim() ? " at the longest" : ""}; at most ${maxSeconds}`}
          inputMode="numeric"
          value={form.seconds}
          error={errors.seconds}
          onChange={(event) => change({ seconds: event.currentTarget.value })}
          data-testid="field-seconds"
        />
        {!byNode(form) && <PerfFields form={form} errors={errors} change={change} />}
      </div>
      {form.subject !== "system" && (
        <Check
          checked={form.cpuProf}
          onChange={(cpuProf) => change({ cpuProf })}
          label="Let Node sample itself, without perf"
          note="(SIGUSR1 opens its inspector to the users of its machine meanwhile)"
          testId="field-cpu-prof"
        />
      )}
      {!byNode(form) && (
        <Check
          checked={form.sudo}
          onChange={(sudo) => change({ sudo })}
          label="Run perf with sudo"
          note={`(without a password: ${machine} must allow that)`}
          testId="field-sudo"
        />
      )}
    </>
  );
}

/** What only perf knows. */
function PerfFields({ form, errors, change }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Event"
        inputWrapperOrder={ORDER}
        description="Optional; use cpu-clock on virtual machines"
        placeholder="perf’s default"
        value={form.event}
        error={errors.event}
        onChange={(event) => change({ event: event.currentTarget.value })}
        spellCheck={false}
        data-testid="field-event"
      />
      <NativeSelect
        label="Call graph"
        inputWrapperOrder={ORDER}
        description="How stacks are unwound"
        data={CALL_GRAPHS}
        value={form.callGraph}
        onChange={(event) => change({ callGraph: event.currentTarget.value as CallGraph })}
        data-testid="field-call-graph"
      />
      <TextInput
        label="Ring"
        inputWrapperOrder={ORDER}
        description="Optional; keep only so many seconds before the end"
        placeholder="everything"
        inputMode="numeric"
        value={form.ring}
        error={errors.ring}
        onChange={(event) => change({ ring: event.currentTarget.value })}
        data-testid="field-ring"
      />
    </>
  );
}

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
  readonly note: string;
  readonly testId: string;
}

function Check({ checked, onChange, label, note, testId }: CheckProps) {
  return (
    <label className={classes.check}>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
        data-testid={testId}
      />
      <span>
        {label} <span className={classes.dim}>{note}</span>
      </span>
    </label>
  );
}
