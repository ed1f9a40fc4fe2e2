// The window over a screen with a form or a job in it; loaded when first opened.
import { Modal } from "@mantine/core";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/Modal.css";
import { titleOf } from "../../model/jobs/jobs";
import type { WatchedJob } from "../../types/imports";
import { ImportForm } from "./ImportForm";
import { JobView } from "./JobView";
import type { Shown } from "./context";
import classes from "./importing.module.css";

interface ImportDialogProps {
  readonly shown: Shown;
  readonly jobs: readonly WatchedJob[] | undefined;
  readonly error: Error | null;
  readonly onShow: (shown: Shown) => void;
  readonly onClose: () => void;
}

const FORM_TITLES = { ssh: "Import over SSH", capture: "Capture over SSH", record: "Record on this server’s machine" } as const;

export default function ImportDialog({ shown, jobs, error, onShow, onClose }: ImportDialogProps) {
  const job = "job" in shown ? jobs?.find(({ id }) => id === shown.job) : undefined;
  const title = "form" in shown ? FORM_TITLES[shown.form] : job ? titleOf(job) : "Import";
  return (
    <Modal
      opened
      onClose={onClose}
      title={<bdi>{title}</bdi>}
      size={620}
      transitionProps={{ duration: 0 }}
      classNames={{ title: classes.dialogTitle ?? "" }}
      closeButtonProps={{ "aria-label": "Close" }}
      data-testid="import-dialog"
    >
      {"form" in shown ? (
        <ImportForm key={shown.form} kind={shown.form} onStarted={(id) => onShow({ job: id })} onClose={onClose} />
      ) : (
        <JobView key={shown.job} job={job} loading={jobs === undefined} unreachable={error} onShow={onShow} onClose={onClose} />
      )}
    </Modal>
  );
}
