// Notices about the open file: parts that could not be read, a new version on the disk, a deleted file, and a
// server that does not answer.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { formatCount } from "../../lib/format";
import { typeTitle } from "../../model/profiles/formats";
import { reportWords } from "../../model/profiles/parseReport";
import { explorerLink } from "../../state/explorerUrl";
import { useFormats } from "../../state/formats";
import { useFileFate, type FileFate } from "../../state/profileInfo";
import type { ProfileInfo } from "../../types/wire";
import { OfflineNotice } from "../OfflineNotice";
import { useImporting } from "../importing/context";
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
  readonly filename: string;
  readonly info: ProfileInfo | undefined;
}

export function ProfileNotices({ filename, info }: ProfileNoticesProps) {
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
      <OfflineNotice />
      {gone && (
        <div className={classes.notice} role="alert" data-testid="file-gone" data-fate={fate}>
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
      <OtherReadings key={`${filename} ${info?.format ?? ""}`} filename={filename} info={info} />
      <ReportNotice key={filename} info={info} />
    </>
  );
}

/** Other types that the file can be read as, such as the CPU profile that a trace carries. */
function OtherReadings({ filename, info }: Pick<ProfileNoticesProps, "filename" | "info">) {
  const [hidden, setHidden] = useState(false);
  const formats = useFormats();
  const also = info?.also ?? [];
  if (also.length === 0 || hidden) return null;
  const more = info?.preferred !== undefined && also.includes(info.preferred);
  return (
    <div className={classes.notice} role="status" data-testid="other-readings">
      <span>
        {`This file also holds ${also.map((type) => `a ${typeTitle(formats, type)}`).join(" and ")}`}
        {more ? ", which covers more of its time." : "."}
      </span>
      {also.map((type) => (
        <Button key={type} component={Link} to={explorerLink({ file: filename, type })} data-testid={`read-as-${type}`}>
          {`Open as ${typeTitle(formats, type)}`}
        </Button>
      ))}
      <Button variant="subtle" onClick={() => setHidden(true)} data-testid="other-readings-hide">
        Hide
      </Button>
    </div>
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
