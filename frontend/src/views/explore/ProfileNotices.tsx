// Notices about the open file: why there is no heatmap, parts that could not be read, a new version on the disk, a
// deleted file, and a server that does not answer.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { formatCount } from "../../lib/format";
import { reportWords } from "../../model/profiles/parseReport";
import { useFileFate, type FileFate } from "../../state/explorer/profileInfo";
import type { ExplorerState } from "../../types/explorer";
import type { ProfileInfo } from "../../types/wire";
import { OfflineNotice } from "../app/OfflineNotice";
import { useImporting } from "../importing/context";
import { OtherReadings } from "./OtherReadings";
import classes from "./notices.module.css";

const GONE: Readonly<Partial<Record<FileFate, string>>> = {
  deleted:
    "The file was deleted, moved or renamed since it was opened. The screen stays as it is, but the server cannot answer " +
    "further requests: put the file back under its name, or open another one.",
  unreadable:
    "The server may no longer read the file: its permissions have changed. The screen stays as it is, but the server cannot " +
    "answer further requests: allow it to read the file again, or open another one.",
};

interface ProfileNoticesProps {
  readonly state: ExplorerState;
  readonly info: ProfileInfo | undefined;
  /** Why there is no heatmap of a profile without times. */
  readonly untimed: string | undefined;
  /** An error on the screen says that the server is silent. */
  readonly silentTold: boolean;
}

export function ProfileNotices({ state, info, untimed, silentTold }: ProfileNoticesProps) {
  const { file: filename } = state;
  const queryClient = useQueryClient();
  const live = useImporting().jobs.some((job) => job.live === filename);
  const { fate, accept } = useFileFate(filename, live);
  const gone = GONE[fate];
  const reload = () => {
    accept();
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "profiles" });
  };
  return (
    <>
      <OfflineNotice told={silentTold} />
      {gone && (
        <div className={classes.notice} data-tone="danger" role="alert" data-testid="file-gone" data-fate={fate}>
          <span>{gone}</span>
          <Button component={Link} to="/" data-testid="file-gone-list">
            All profiles
          </Button>
        </div>
      )}
      {fate === "changed" && (
        <div className={classes.notice} role="alert" data-testid="changed-on-disk">
          The file has changed since it was opened. Further requests are answered from the new version.
          <Button onClick={reload} data-testid="reload-profile">
            Show the new version
          </Button>
          <Button onClick={accept} data-testid="keep-profile">
            Not now
          </Button>
        </div>
      )}
      {info && <OtherReadings key={`${filename} ${info.format}`} state={state} info={info} />}
      {untimed !== undefined && (
        <p className={classes.notice} role="status" data-testid="untimed">
          {untimed}
        </p>
      )}
      <ReportNotice key={filename} info={info} />
    </>
  );
}

function ReportNotice({ info }: { readonly info: ProfileInfo | undefined }) {
  const [hidden, setHidden] = useState(false);
  const words = info?.report ? reportWords(info.report) : undefined;
  if (!words || hidden) return null;
  return (
    <details className={classes.notice} data-testid="parse-report" data-skipped={info?.report?.skipped}>
      <summary>{words.summary}</summary>
      {words.messages.length > 0 && (
        <ul>
          {words.messages.map((message, index) => (
            <li key={index}>{message}</li>
          ))}
        </ul>
      )}
      {words.more > 0 && <p>{`and ${formatCount(words.more)} more`}</p>}
      <Button onClick={() => setHidden(true)} data-testid="parse-report-hide">
        Hide
      </Button>
    </details>
  );
}
