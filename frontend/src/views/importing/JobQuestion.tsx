// What a job wants to know before it can go on: whether to trust a host, or which process is meant. A key
// that has changed is not a question: there is no button to go on.
import { Button } from "@mantine/core";
import { withHostKey, withPid, type Question } from "../../model/jobs/jobs";
import { useStartJob } from "../../state/imports";
import { requestOfJob } from "../../state/importsStorage";
import type { FoundProcess, HostKey, ImportRequest, WatchedJob } from "../../types/imports";
import classes from "./importing.module.css";

interface JobQuestionProps {
  readonly job: WatchedJob;
  readonly question: Question;
  readonly onStarted: (id: string) => void;
}

export function JobQuestion({ job, question, onStarted }: JobQuestionProps) {
  const start = useStartJob();
  const request = requestOfJob(job.id);
  const go = (next: ImportRequest) =>
    start.mutate({ request: next, instead: job.id }, { onSuccess: ({ id }) => onStarted(id) });
  if (question === undefined) return null;
  if (question === "changedKey") return <ChangedKey />;
  return (
    <section className={classes.question} data-testid={question === "hostKey" ? "host-key-question" : "process-choice"}>
      {question === "hostKey" && job.hostKey && (
        <UnknownHost
          hostKey={job.hostKey}
          busy={start.isPending}
          onTrust={request && ((fingerprint) => go(withHostKey(request, fingerprint)))}
        />
      )}
      {question === "process" && job.processes && (
        <ProcessChoice
          processes={job.processes}
          busy={start.isPending}
          onChoose={request && ((pid) => go(withPid(request, pid)))}
        />
      )}
      {!request && <p className={classes.dim}>This was started in another browser: start it again from the form.</p>}
      {start.isError && (
        <p className={classes.formError} role="alert" data-testid="form-error">
          {start.error.message}
        </p>
      )}
    </section>
  );
}

interface UnknownHostProps {
  readonly hostKey: HostKey;
  readonly busy: boolean;
  readonly onTrust: ((fingerprint: string) => void) | undefined;
}

function UnknownHost({ hostKey, busy, onTrust }: UnknownHostProps) {
  const { algorithm, fingerprint, host, port } = hostKey;
  const place = host === undefined ? "this host" : port === undefined || port === 22 ? host : `${host} port ${port}`;
  return (
    <>
      <h3>
        Is this really <bdi>{place}</bdi>?
      </h3>
      <p>This server has never connected to it. It shows this key:</p>
      <dl className={classes.key} data-testid="host-key" data-algorithm={algorithm} data-fingerprint={fingerprint}>
        <div>
          <dt>Algorithm</dt>
          <dd>{algorithm}</dd>
        </div>
        <div>
          <dt>Fingerprint</dt>
          <dd>{fingerprint}</dd>
        </div>
      </dl>
      <p className={classes.dim}>
        Compare it with what the host itself says: <code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code> (or the
        file of its algorithm). If they differ, somebody may be in between. A trusted key is remembered.
      </p>
      {onTrust && (
        <Button className={classes.primary} loading={busy} onClick={() => onTrust(fingerprint)} data-testid="trust-host">
          Trust this host and go on
        </Button>
      )}
    </>
  );
}

interface ProcessChoiceProps {
  readonly processes: readonly FoundProcess[];
  readonly busy: boolean;
  readonly onChoose: ((pid: number) => void) | undefined;
}

function ProcessChoice({ processes, busy, onChoose }: ProcessChoiceProps) {
  return (
    <>
      <h3>Which process?</h3>
      <p>The pattern fits {processes.length} processes. Choose the one to record:</p>
      <ul className={classes.processes}>
        {processes.map(({ pid, command }) => (
          <li key={pid}>
            <button
              type="button"
              disabled={busy || !onChoose}
              onClick={() => onChoose?.(pid)}
              data-testid="process"
              data-pid={pid}
            >
              <span>{pid}</span>
              <code>{command}</code>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function ChangedKey() {
  return (
    <section className={classes.question} data-testid="host-key-changed">
      <h3>Not connected, for safety</h3>
      <p>
        Another key is known for this host. Either it was set up anew, or somebody sits between this server and the host
        and pretends to be it. That cannot be told from here, so there is no button to go on.
      </p>
      <p className={classes.dim}>
        Ask whoever runs the host for its fingerprint. If the new key is right, remove the old line from the server’s
        known_hosts files and start again.
      </p>
    </section>
  );
}
