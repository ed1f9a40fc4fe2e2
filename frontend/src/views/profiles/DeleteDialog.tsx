// Asks before a file is deleted, because that cannot be undone.
import { Button, Modal } from "@mantine/core";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/Modal.css";
import { useDeleteProfile } from "../../state/jobs/uploads";
import classes from "./profiles.module.css";

export default function DeleteDialog({ filenames, onClose }: { readonly filenames: readonly string[]; readonly onClose: () => void }) {
  const remove = useDeleteProfile();
  return (
    <Modal
      opened
      onClose={onClose}
      title={filenames.length === 1 ? "Delete this profile?" : `Delete these ${filenames.length} profiles?`}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": "Close" }}
      data-testid="delete-dialog"
    >
      <ul className={classes.deleted}>
        {filenames.map((filename) => (
          <li key={filename}>
            <bdi>{filename}</bdi>
          </li>
        ))}
      </ul>
      <p className={classes.dim}>
        {filenames.length === 1 ? "The file is removed" : "The files are removed"} from the server’s disk. This cannot be undone.
      </p>
      {remove.isError && (
        <p className={classes.failure} role="alert" data-testid="delete-error">
          {remove.error.message}
        </p>
      )}
      <div className={classes.deleteButtons}>
        <Button onClick={onClose} data-autofocus>
          {filenames.length === 1 ? "Keep it" : "Keep them"}
        </Button>
        <Button
          className={classes.primary}
          loading={remove.isPending}
          onClick={() => remove.mutate(filenames, { onSuccess: onClose })}
          data-testid="delete-confirm"
        >
          {filenames.length === 1 ? "Delete it" : "Delete them"}
        </Button>
      </div>
    </Modal>
  );
}
