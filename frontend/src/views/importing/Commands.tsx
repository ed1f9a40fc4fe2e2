// The exact commands of a recording, before they run. The server makes them, as it runs them.
import { useDebouncedValue } from "@mantine/hooks";
import { formErrors, recordingOf, type ImportForm } from "../../model/jobs/jobsForm";
import { useCommands } from "../../state/jobs/imports";
import classes from "./importing.module.css";

const WAIT_MS = 200;

export function Commands({ form, maxSeconds }: { readonly form: ImportForm; readonly maxSeconds: number }) {
  const [settled] = useDebouncedValue(form, WAIT_MS);
  const valid = Object.keys(formErrors(settled, "record", maxSeconds)).length === 0;
  const { data } = useCommands(valid ? recordingOf(settled) : undefined);
  if (!valid || data === undefined) return null;
  return (
    <details className={classes.commands} open data-testid="commands">
      <summary>Runs these commands</summary>
      <ol>
        {data.map((line) => (
          <li key={line}>
            <code data-testid="command">{line}</code>
          </li>
        ))}
      </ol>
    </details>
  );
}
