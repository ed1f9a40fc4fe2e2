// One file of the list. A profile leads to the explorer, any other file shows why it cannot be opened.
import { Link } from "react-router";
import { formatBytes, formatCount, formatDuration, formatWhen } from "../../lib/format";
import { splitName } from "../../model/profiles/fileName";
import { baseNameOf, isProfile } from "../../model/profiles/profileList";
import { explorerLink, typeInLink } from "../../state/explorerUrl";
import type { ProfileItem } from "../../types/wire";
import { RowMenu } from "./RowMenu";
import { keepFromScrolling, openRow } from "./rowPointer";
import classes from "./table.module.css";

interface ProfileRowProps {
  readonly profile: ProfileItem;
  readonly indented: boolean;
}

export function ProfileRow({ profile, indented }: ProfileRowProps) {
  const { filename, type, size, modified, duration, samples, reason, error } = profile;
  const opens = isProfile(profile);
  const reasonText = opens ? error : (reason ?? "not a known format");
  const cell = [classes.name, indented && classes.indented, reasonText !== undefined && classes.shared];
  return (
    <tr
      className={opens ? classes.opens : classes.unknown}
      onClick={openRow}
      onAuxClick={openRow}
      onMouseDown={keepFromScrolling}
      data-testid="profile-row"
      data-filename={filename}
      data-type={type}
    >
      <td className={cell.filter(Boolean).join(" ")}>
        {opens ? (
          <Link to={explorerLink({ file: filename, type: typeInLink(type) })} title={filename} data-testid="profile-link">
            <Name text={baseNameOf(filename)} />
          </Link>
        ) : (
          <span title={filename}>
            <Name text={filename} />
          </span>
        )}
        {opens && error !== undefined && (
          <span className={classes.error} data-testid="profile-error" title={error}>
            <span aria-hidden>⚠ </span>could not be read: <bdi>{error}</bdi>
          </span>
        )}
        {!opens && (
          <span className={classes.reason} data-testid="profile-reason" title={reasonText}>
            {reasonText}
          </span>
        )}
      </td>
      <td className={`${classes.dim} ${classes.lesser}`}>{type}</td>
      <td className={`${classes.number} ${classes.least}`}>{size === undefined ? "" : formatBytes(size)}</td>
      <td className={classes.number}>
        {modified !== undefined && <time dateTime={modified}>{formatWhen(modified)}</time>}
      </td>
      <td className={`${classes.number} ${classes.lesser}`}>{duration === undefined ? "" : formatDuration(duration)}</td>
      <td className={`${classes.number} ${classes.lesser}`}>{samples === undefined ? "" : formatCount(samples)}</td>
      <td className={classes.more}>
        <RowMenu filename={filename} type={type} />
      </td>
    </tr>
  );
}

/** A name that loses its middle where there is no room. Copying it copies the whole name. */
function Name({ text }: { readonly text: string }) {
  const [head, tail] = splitName(text);
  return <bdi>{tail === "" ? text : <><span className={classes.head}>{head}</span>{tail}</>}</bdi>;
}
