// The ways to add a profile. Those that the server does not allow are left out, with the reason.
import { ActionIcon, Button, Popover } from "@mantine/core";
import { useRef } from "react";
import { useImporting } from "../importing/context";
import classes from "./profiles.module.css";

export function GetProfiles() {
  const { offer, upload, openForm } = useImporting();
  const input = useRef<HTMLInputElement>(null);
  // Without an answer the buttons stay: the server refuses with its reason.
  const [canUpload, canReach] = [offer?.upload.enabled !== false, offer?.ssh.enabled !== false];
  const reasons = new Set([offer?.upload.reason, offer?.ssh.reason].filter(Boolean));
  return (
    <div className={classes.get} role="group" aria-label="Get profiles">
      {[...reasons].map((reason) => (
        <Reason key={reason} text={reason!} />
      ))}
      {canUpload && (
        <>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              upload([...(event.currentTarget.files ?? [])]);
              // So that the same file can be chosen again.
              event.currentTarget.value = "";
            }}
            data-testid="upload-input"
          />
          <Button onClick={() => input.current?.click()} title="Or drop files anywhere" data-testid="upload">
            Upload
          </Button>
        </>
      )}
      {offer?.record.enabled === true && (
        <Button onClick={() => openForm("record")} data-testid="record-here">
          Record here
        </Button>
      )}
      {canReach && (
        <>
          <Button onClick={() => openForm("ssh")} data-testid="import-ssh">
            Import over SSH
          </Button>
          <Button onClick={() => openForm("capture")} data-testid="capture-ssh">
            Capture over SSH
          </Button>
        </>
      )}
    </div>
  );
}

/** What to do about it in a sentence. The rest is for those who ask. */
function Reason({ text }: { readonly text: string }) {
  const first = /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
  const rest = text.slice(first.length).trim();
  return (
    <span className={classes.reason}>
      <span data-testid="not-offered">{first}</span>
      {rest !== "" && (
        <Popover position="bottom-end" shadow="md" width={320} withinPortal>
          <Popover.Target>
            <ActionIcon size="sm" aria-label="Why" title="Why" data-testid="not-offered-help">
              ?
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown data-testid="not-offered-rest">{rest}</Popover.Dropdown>
        </Popover>
      )}
    </span>
  );
}
