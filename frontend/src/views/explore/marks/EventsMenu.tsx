// Marks of the profile: files of events from elsewhere, and the way to add one beside the profile.
import { Button, FileButton, Popover } from "@mantine/core";
import { formatPlural } from "../../../lib/format";
import { visible } from "../../../model/flame/frames/displayName";
import { lossOf } from "../../../model/marks/marks";
import { useOffer } from "../../../state/jobs/imports";
import { useAddMarks, useRemoveMarks } from "../../../state/explorer/marks";
import type { ChangeExplorer } from "../../../state/explorer/useExplorer";
import type { ExplorerState } from "../../../types/explorer";
import type { MarkFile } from "../../../types/wire";
import classes from "./events.module.css";

interface EventsMenuProps {
  readonly filename: string;
  readonly files: readonly MarkFile[];
  readonly error: Error | null;
  readonly state: ExplorerState;
  readonly change: ChangeExplorer;
}

export function EventsMenu({ filename, files, error, state, change }: EventsMenuProps) {
  const { data: offer } = useOffer();
  const add = useAddMarks(filename);
  const remove = useRemoveMarks();
  const canChange = offer?.upload.enabled !== false;
  const failure = error ?? add.error ?? remove.error;
  const leave = (name: string) => {
    if (state.marks.includes(name)) change({ marks: state.marks.filter((one) => one !== name) });
    else remove.mutate(name);
  };
  return (
    <Popover position="bottom-end" shadow="md" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Button title="Deploys, slow requests, collections: events on the time axis" data-testid="events">
          Marks{files.length > 0 ? ` · ${files.length}` : ""}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Marks">
        <div className={classes.menu}>
          <p>Events from elsewhere, drawn over heatmap and lanes.</p>
          {files.length > 0 && (
            <ul className={classes.files}>
              {files.map((file) => (
                <FileRow
                  key={file.name}
                  file={file}
                  isProfile={file.name === filename}
                  onRemove={file.name !== filename && (canChange || state.marks.includes(file.name)) ? () => leave(file.name) : undefined}
                />
              ))}
            </ul>
          )}
          {failure && (
            <p className={classes.error} role="alert" data-testid="events-error">
              {failure.message}
            </p>
          )}
          {canChange && (
            <div className={classes.actions}>
              <FileButton accept=".csv,.json,.txt,.log,text/csv,application/json,text/plain" onChange={(file) => file && add.mutate(file)} inputProps={{ "data-testid": "events-file" } as object}>
                {(props) => (
                  <Button {...props} loading={add.isPending} data-testid="events-add">
                    Add a file…
                  </Button>
                )}
              </FileButton>
            </div>
          )}
          <p className={classes.note}>
            CSV or JSON with <code>time</code> (a date, seconds of the profile, or as in the file), <code>end</code>, <code>text</code> and{" "}
            <code>series</code>, or the output of <code>node --trace-gc</code>.
          </p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface FileRowProps {
  readonly file: MarkFile;
  /** Whether these are markers of the profile itself, which no one can remove. */
  readonly isProfile: boolean;
  readonly onRemove: (() => void) | undefined;
}

function FileRow({ file, isProfile, onRemove }: FileRowProps) {
  const shown = file.rows.count.reduce((sum, count) => sum + count, 0);
  const loss = lossOf(file);
  return (
    <li data-testid="events-row" data-name={file.name} data-marks={shown}>
      <bdi className={classes.name} title={file.name}>
        {isProfile ? "Markers in the profile" : visible(file.name)}
      </bdi>
      {onRemove && (
        <Button variant="subtle" onClick={onRemove} aria-label={`Remove ${file.name}`} data-testid="events-remove">
          Remove
        </Button>
      )}
      <span className={`${classes.note} ${file.error === null ? "" : classes.error}`}>
        {file.error ?? [formatPlural(shown, "mark"), loss].filter((part) => part !== "").join(" · ")}
      </span>
    </li>
  );
}
