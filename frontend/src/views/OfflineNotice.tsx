// Says that the server is silent, so that what is on the screen may be old.
import { useServerAnswers } from "../state/serverHealth";
import classes from "./OfflineNotice.module.css";

export function OfflineNotice() {
  const answers = useServerAnswers();
  if (answers) return null;
  return (
    <div className={classes.offline} role="alert" data-testid="offline">
      The server does not answer. What is on the screen stays; this goes away when it answers again.
    </div>
  );
}
