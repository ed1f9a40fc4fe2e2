// The ways to add a profile. Those that the server does not allow are left out, with the reason.
import { Button } from "@mantine/core";
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
      {[...reasons].map((reason) => (
        <span key={reason} className={classes.dim} title={reason ?? undefined} data-testid="not-offered">
          {firstSentence(reason!)}
        </span>
      ))}
    </div>
  );
}

/** The rest, on what to do about it, is for those who ask. */
function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
