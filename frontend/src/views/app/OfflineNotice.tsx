// A notice that the server does not answer and the screen may be stale.
import { useServerAnswers } from "../../state/serverHealth";
import classes from "./OfflineNotice.module.css";

/** @param told whether an error on the screen says so already */
export function OfflineNotice({ told = false }: { readonly told?: boolean }) {
  const answers = useServerAnswers();
  if (answers || told) return null;
  return (
    <div className={classes.offline} role="alert" data-testid="offline">
      The server does not answer. What is on the screen stays; this goes away when it answers again.
    </div>
  );
}
