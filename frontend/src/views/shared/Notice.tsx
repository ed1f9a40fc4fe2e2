// One shape for everything that stands where data should be: errors with a way on, and emptiness.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { statusOf } from "../../api/client";
import { NOT_FOUND, SILENT, UNKNOWN_FORMAT, UNPROCESSABLE } from "../../lib/status";
import classes from "./Notice.module.css";

interface NoticeProps {
  readonly title: string;
  readonly detail?: ReactNode;
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly testId?: string;
  /** More ways out, before the action. */
  readonly children?: ReactNode;
}

export function Notice({ title, detail, action, testId = "notice", children }: NoticeProps) {
  return (
    <div className={classes.notice} role="alert" data-testid={testId}>
      <strong>{title}</strong>
      {detail !== undefined && <div className={classes.detail}>{detail}</div>}
      <div className={classes.actions}>
        {children}
        {action && (
          <Button onClick={action.run} data-testid={`${testId}-action`}>
            {action.label}
          </Button>
        )}
      </div>
    </div>
  );
}

interface ErrorNoticeProps {
  readonly title: string;
  readonly error: Error;
  /** In place of the error's sentence. */
  readonly detail?: string | undefined;
  readonly retry: () => void;
  /** Text of the button: trying again does not always help. */
  readonly label?: string | undefined;
}

/** Statuses of files that another request does not make readable: missing, of an unknown format, damaged. */
const OF_THE_FILE: ReadonlySet<number> = new Set([NOT_FOUND, UNKNOWN_FORMAT, UNPROCESSABLE]);

/** An error with a way out: try again, and for a missing or unreadable file the list of the others. */
export function ErrorNotice({ title, error, detail, retry, label = "Try again" }: ErrorNoticeProps) {
  const ofFile = OF_THE_FILE.has(statusOf(error) ?? SILENT);
  return (
    <Notice title={title} detail={detail ?? error.message} action={{ label, run: retry }} testId="error">
      {ofFile && (
        <Button component={Link} to="/" variant="filled" data-testid="error-list">
          All profiles
        </Button>
      )}
    </Notice>
  );
}
