// An empty directory is where most users start: show how to record a first profile.
import { ActionIcon } from "@mantine/core";
import { useState } from "react";
import { formatsInWords } from "../../model/profiles/formats";
import { useFormats } from "../../state/formats";
import { copyText } from "../shared/copyText";
import { CheckIcon, CopyIcon } from "../shared/icons";
import { GetProfiles } from "./GetProfiles";
import classes from "./profiles.module.css";

const STEPS: readonly (readonly [string, string])[] = [
  [
    "Record a running process for a minute (at 99 Hz, because a round number would run in step with timers)",
    "sudo perf record -F 99 --sample-cpu -g -p $(pgrep -f my-service) -- sleep 60",
  ],
  ["Write the samples as text into the profile directory", "sudo perf script -f --header -F comm,pid,tid,cpu,time,event,period,ip,sym,dso > perf.out"],
  [
    "A Node.js service: start it so that its JavaScript has names",
    "node --perf-basic-prof --interpreted-frames-native-stack server.js",
  ],
];

export function EmptyDirectory() {
  const formats = useFormats();
  const others = formats.filter(({ type }) => type !== "perf");
  return (
    <section className={classes.empty} data-testid="empty-directory">
      <h2>No profiles yet</h2>
      <p>
        {`The server’s profile directory is empty. It takes ${formatsInWords(formats)}. `}
        Drop a file anywhere on this page, import one over SSH, or copy one into the directory and reload.
      </p>
      <GetProfiles />
      <ol>
        {STEPS.map(([what, command]) => (
          <li key={command}>
            {what}
            <Command command={command} />
          </li>
        ))}
      </ol>
      {others.length > 0 && (
        <>
          <h3>Or with another program</h3>
          <ul data-testid="other-formats">
            {others.map(({ title, command }) => (
              <li key={title}>
                {title}
                <Command command={command} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Command({ command }: { readonly command: string }) {
  return (
    <div className={classes.command}>
      <code>{command}</code>
      <CopyCommand command={command} />
    </div>
  );
}

function CopyCommand({ command }: { readonly command: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <ActionIcon
      onClick={() => void copyText(command).then(setCopied)}
      onBlur={() => setCopied(false)}
      aria-label={copied ? "Copied" : "Copy the command"}
      title="Copy"
      data-testid="copy-command"
      data-copied={copied}
    >
      {copied ? <CheckIcon /> : <CopyIcon />}
    </ActionIcon>
  );
}
