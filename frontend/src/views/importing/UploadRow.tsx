// One upload: its progress, its rate and its actions.
import { Button, CloseButton } from "@mantine/core";
import { Link } from "react-router";
import { isProfile } from "../../model/profiles/list/profileList";
import { adviceOf, describeUpload, isUnderWay, percentOf, remedyOf } from "../../model/jobs/uploads";
import { explorerLink } from "../../state/explorer/explorerUrl";
import type { UploadQueue } from "../../state/jobs/uploads";
import type { Upload } from "../../types/imports";
import { OpenAs } from "../shared/OpenAs";
import { ProgressBar } from "../shared/ProgressBar";
import classes from "./importing.module.css";

interface UploadRowProps {
  readonly upload: Upload;
  readonly queue: UploadQueue;
  readonly onAgain: (id: number, force: boolean) => void;
}

export function UploadRow({ upload, queue, onAgain }: UploadRowProps) {
  const { id, name, state, error, profile } = upload;
  const underWay = isUnderWay(upload);
  const [remedy, advice] = [remedyOf(upload), adviceOf(upload)];
  const shownName = profile?.filename ?? name;
  return (
    <li data-testid="upload-item" data-name={name} data-state={state} data-percent={percentOf(upload)}>
      <div className={classes.rowHead}>
        <span className={classes.rowName} title={shownName}>
          {profile && isProfile(profile) ? (
            <Link to={explorerLink({ file: profile.filename, type: profile.type })} data-testid="upload-open">
              <bdi>{shownName}</bdi>
            </Link>
          ) : (
            <bdi>{shownName}</bdi>
          )}
        </span>
        {underWay ? (
          <Button onClick={() => queue.cancel(id)} aria-label={`Cancel ${name}`} data-testid="upload-cancel">
            Cancel
          </Button>
        ) : (
          <CloseButton
            size="sm"
            onClick={() => queue.dismiss(id)}
            aria-label={`Remove ${name} from this list`}
            data-testid="upload-dismiss"
          />
        )}
      </div>
      {underWay && (
        <ProgressBar label={`Upload of ${name}`} fraction={state === "checking" ? undefined : percentOf(upload) / 100} />
      )}
      {state !== "failed" && <div className={classes.dim}>{describeUpload(upload)}</div>}
      {error !== undefined && (
        <div className={classes.rowError} role="alert" data-testid="upload-error" data-status={upload.status}>
          {error}
          {advice !== undefined && <div className={classes.dim}>{advice}</div>}
        </div>
      )}
      {profile && !isProfile(profile) && (
        <div className={classes.rowAction}>
          <OpenAs filename={profile.filename} onOpen={() => queue.dismiss(id)} />
        </div>
      )}
      {remedy !== undefined && (
        <Button onClick={() => onAgain(id, remedy === "force")} data-testid={`upload-${remedy}`}>
          {remedy === "force" ? "Upload anyway" : "Try again"}
        </Button>
      )}
    </li>
  );
}
