// One shape for everything that stands where data should be: errors with a way on, and emptiness.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Notice.module.css";

interface NoticeProps {
  readonly title: string;
  readonly detail?: ReactNode;
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly testId?: string;
}

export function Notice({ title, detail, action, testId = "notice" }: NoticeProps) {
  return (
    <div className={classes.notice} role="alert" data-testid={testId}>
      <strong>{title}</strong>
      {detail !== undefined && <div className={classes.detail}>{detail}</div>}
      {action && (
        <Button onClick={action.run} data-testid={`${testId}-action`}>
          {action.label}
        </Button>
      )}
    </div>
  );
}

interface ErrorNoticeProps {
  readonly title: string;
  readonly error: Error;
  readonly retry: () => void;
  /** Text of the button: trying again does not always help. */
  readonly label?: string | undefined;
}

export function ErrorNotice({ title, error, retry, label = "Try again" }: ErrorNoticeProps) {
  return <Notice title={title} detail={error.message} action={{ label, run: retry }} testId="error" />;
}
