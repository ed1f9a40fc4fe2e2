// One file of the list. A profile leads to the explorer, and what stands out in it is below; any other file shows why it
// cannot be opened.
import { memo } from "react";
import { Link } from "react-router";
import { formatBytes, formatCount, formatDuration, formatWhen } from "../../lib/format";
import { findingParts } from "../../model/findings/findings";
import { visible } from "../../model/flame/frames/displayName";
import { splitName } from "../../model/profiles/fileName";
import { baseNameOf, isProfile, type ListedItem } from "../../model/profiles/list/profileList";
import { explorerLink, typeInLink } from "../../state/explorer/explorerUrl";
import { RowMenu } from "./RowMenu";
import { Strip } from "./Strip";
import { keepFromScrolling, openRow } from "./rowPointer";
import classes from "./table.module.css";

/** The columns behind the name, and which of them are hidden first where there is no room. */
const BEHIND_NAME = ["lesser", "lesser", "lesser", "wide", "widest", "widest", "wide", "least", undefined, undefined] as const;

/** Of a file that is too large to be read for the list. */
const UNTOLD = "Open it to see what stands out.";

interface ProfileRowProps {
  readonly profile: ListedItem;
  readonly indented: boolean;
  readonly chosen: boolean;
  readonly onChoose: (filename: string) => void;
}

/** The list is rendered with every preview that arrives: a row only if its own has changed. */
export const ProfileRow = memo(function ProfileRow({ profile, indented, chosen, onChoose }: ProfileRowProps) {
  const { filename, type, size, modified, reason, error, finding } = profile;
  const opens = isProfile(profile);
  const reasonText = opens ? error : (reason ?? "not a known format");
  const told = reasonText === undefined;
  const cell = [classes.name, indented && classes.indented, !told && classes.shared];
  // The reason lies over these cells.
  const { duration, samples, preview } = told ? profile : {};
  const name = (
    <>
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
    </>
  );
  return (
    <>
    <tr
      className={[opens ? classes.opens : classes.unknown, told && classes.above].filter(Boolean).join(" ")}
      onClick={openRow}
      onAuxClick={openRow}
      onMouseDown={keepFromScrolling}
      data-testid="profile-row"
      data-filename={filename}
      data-type={type}
      data-chosen={chosen}
    >
      <td className={classes.choice}>
        <input
          type="checkbox"
          aria-label={`Choose ${filename}`}
          checked={chosen}
          onChange={() => onChoose(filename)}
          data-testid="choose"
        />
      </td>
      <td className={cell.filter(Boolean).join(" ")}>
        {told ? name : <div className={classes.beside}>{name}</div>}
      </td>
      <td className={`${classes.activity} ${classes.lesser}`}>
        {preview && preview.activity.length > 0 && <Strip activity={preview.activity} />}
      </td>
      <td className={`${classes.number} ${classes.lesser}`}>{duration === undefined ? "" : formatDuration(duration)}</td>
      <td className={`${classes.number} ${classes.lesser}`}>{samples === undefined ? "" : formatCount(samples)}</td>
      <Fact text={preview?.command} rank="wide" />
      <Fact text={preview?.host} rank="widest" />
      <Fact text={preview?.event} rank="widest" />
      <td className={`${classes.dim} ${classes.wide}`}>{type}</td>
      <td className={`${classes.number} ${classes.least}`}>{size === undefined ? "" : formatBytes(size)}</td>
      <td className={classes.number}>
        {modified !== undefined && <time dateTime={modified}>{formatWhen(modified)}</time>}
      </td>
      <td className={classes.more}>
        <RowMenu filename={filename} type={type} />
      </td>
    </tr>
    {told && <FindingRow text={finding === null ? UNTOLD : finding} indented={indented} />}
    </>
  );
});

/** Its room is there before it is known, and where it will not be, so that nothing moves. */
function FindingRow({ text, indented }: { readonly text: string | undefined; readonly indented: boolean }) {
  return (
    <tr className={classes.finding} onClick={(event) => openRow(event, event.currentTarget.previousElementSibling)} data-testid="profile-finding-row">
      <td />
      <td className={indented ? classes.indented : undefined}>
        {text !== undefined && (
          <span className={classes.sentence} title={text.replaceAll("`", "")} data-testid="profile-finding">
            {text === "" ? "Nothing stands out." : findingParts(text).map(({ text: part, isName }, at) => (isName ? <bdi key={at}>{visible(part)}</bdi> : part))}
          </span>
        )}
      </td>
      {BEHIND_NAME.map((rank, column) => (
        <td key={column} className={rank && classes[rank]} />
      ))}
    </tr>
  );
}

/** A name from the file. */
function Fact({ text = "", rank }: { readonly text?: string | undefined; readonly rank: "wide" | "widest" }) {
  return (
    <td className={`${classes.dim} ${classes[rank]}`} title={text} data-testid="profile-fact">
      <bdi>{visible(text)}</bdi>
    </td>
  );
}

/** A name that loses its middle where there is no room. Copying it copies the whole name. */
function Name({ text }: { readonly text: string }) {
  const [head, tail] = splitName(text);
  return <bdi>{tail === "" ? text : <><span className={classes.head}>{head}</span>{tail}</>}</bdi>;
}
