// The question of a job that cannot continue by itself: whether to trust a host, or which process to record. A
// changed key is not a question: there is no button to continue.
import { Button } from "@mantine/core";
import { withHostKey, withPid, type Question } from "../../model/jobs/jobs";
import { processFacts } from "../../model/jobs/processFacts";
import { useStartJob } from "../../state/jobs/imports";
import { requestOfJob } from "../../state/jobs/importsStorage";
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
      {!request && <p className={classes.dim}>This was started in another browser. Start it again from the form.</p>}
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
      <p>This server has not connected to this host before. The host presents this key:</p>
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
        Compare it with the key on the host: <code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code> (or the
        file of its algorithm). If they differ, the connection may be intercepted. A trusted key is remembered.
      </p>
      {onTrust && (
        <Button className={classes.primary} loading={busy} onClick={() => onTrust(fingerprint)} data-testid="trust-host">
          Trust this host and continue
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
        {processes.map(({ pid, command, user, cpu, runtime, map }) => (
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
              <span className={classes.facts} data-testid="process-facts">
                {processFacts({ user, cpu, runtime, map })}
              </span>
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
        Another key is known for this host. Either the host was set up again, or another machine answers in its place
        and pretends to be it. The server cannot tell which, so there is no button to continue.
      </p>
      <p className={classes.dim}>
        Ask the administrator of the host for its fingerprint. If the new key is right, remove the old line from the server’s
        known_hosts files and start again.
      </p>
    </section>
  );
}
