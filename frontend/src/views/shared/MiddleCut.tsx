// A name that loses its middle where there is no room, so that names with a long prefix in common differ.
import { memo } from "react";
import { splitName } from "../../model/profiles/fileName";
import classes from "./MiddleCut.module.css";

/** Names in narrow places: "V8 pl… worker 2". */
const LONG = 14;
const TAIL = 9;

export const MiddleCut = memo(function MiddleCut({ text, className = "" }: { readonly text: string; readonly className?: string | undefined }) {
  const [head, tail] = splitName(text, LONG, TAIL);
  return (
    <bdi className={`${className} ${classes.name}`}>
      <span className={classes.head}>{head}</span>
      {tail !== "" && <span className={classes.tail}>{tail}</span>}
    </bdi>
  );
});
