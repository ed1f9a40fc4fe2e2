// The time of the list, where it is not that of now: the last one stays while a bucket does not answer.
import { Button } from "@mantine/core";
import { useOldList } from "../../state/profiles";
import classes from "./profiles.module.css";

export function ListAge() {
  const { time, refresh } = useOldList();
  if (time === undefined) return null;
  const clock = new Date(time);
  return (
    <p className={classes.age} role="status" data-testid="list-age" data-time={time}>
      List as of <time dateTime={clock.toISOString()}>{clock.toTimeString().slice(0, 5)}</time>
      <Button onClick={refresh} title="The profile directory has not been listed since" data-testid="list-refresh">
        Refresh
      </Button>
    </p>
  );
}
