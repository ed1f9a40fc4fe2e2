// Asks before a file is deleted, because that cannot be undone.
import { Button, Modal } from "@mantine/core";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/Modal.css";
import { useDeleteProfile } from "../../state/uploads";
import classes from "./profiles.module.css";

export default function DeleteDialog({ filename, onClose }: { readonly filename: string; readonly onClose: () => void }) {
  const remove = useDeleteProfile();
  return (
    <Modal
      opened
      onClose={onClose}
      title="Delete this profile?"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": "Close" }}
      data-testid="delete-dialog"
    >
      <p className={classes.deleted}>
        <bdi>{filename}</bdi>
      </p>
      <p className={classes.dim}>The file is removed from the server’s disk. This cannot be undone.</p>
      {remove.isError && (
        <p className={classes.failure} role="alert" data-testid="delete-error">
          {remove.error.message}
        </p>
      )}
      <div className={classes.deleteButtons}>
        <Button onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button
          className={classes.primary}
          loading={remove.isPending}
          onClick={() => remove.mutate(filename, { onSuccess: onClose })}
          data-testid="delete-confirm"
        >
          Delete it
        </Button>
      </div>
    </Modal>
  );
}
