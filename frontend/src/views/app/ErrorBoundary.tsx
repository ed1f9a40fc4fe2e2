// The last resort for a bug in the page: show an error and a way out, instead of a blank page.
import { Component, type ReactNode } from "react";
import { Notice } from "../shared/Notice";

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | undefined;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Notice
        title="The page failed"
        detail={error.message}
        action={{ label: "Reload", run: () => window.location.reload() }}
      />
    );
  }
}
