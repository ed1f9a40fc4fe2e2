// The table itself: one heading a column that sorts, one row group a folder.
import { Link } from "react-router";
import { formatBytes, formatCount, formatDuration, formatWhen } from "../../lib/format";
import { baseNameOf, type Folder, type SortKey, type Sorting } from "../../model/profileList";
import { explorerLink } from "../../state/explorerUrl";
import type { ProfileItem } from "../../types/wire";
import { OpenAs } from "../OpenAs";
import { RowMenu } from "./RowMenu";
import classes from "./profiles.module.css";

interface Column {
  readonly key: SortKey;
  readonly title: string;
  readonly number?: boolean;
  /** Which go first where there is no room for all. */
  readonly rank?: "lesser" | "least";
}

const COLUMNS: readonly Column[] = [
  { key: "name", title: "Name" },
  { key: "type", title: "Format", rank: "lesser" },
  { key: "size", title: "Size", number: true, rank: "least" },
  { key: "modified", title: "Modified", number: true },
  { key: "duration", title: "Duration", number: true, rank: "lesser" },
  { key: "samples", title: "Samples", number: true, rank: "lesser" },
];

interface ProfileTableProps {
  readonly folders: readonly Folder[];
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

export function ProfileTable({ folders, sorting, onSort }: ProfileTableProps) {
  const grouped = folders.some((folder) => folder.path !== "");
  return (
    <table className={classes.table} data-testid="profile-table">
      <thead>
        <tr>
          {COLUMNS.map(({ key, title, number, rank }) => (
            <th
              key={key}
              scope="col"
              className={[number && classes.number, rank && classes[rank]].filter(Boolean).join(" ") || undefined}
              aria-sort={sorting.key !== key ? "none" : sorting.descending ? "descending" : "ascending"}
            >
              <button type="button" data-testid={`sort-${key}`} onClick={() => onSort(nextSorting(sorting, key))}>
                {title}
                {sorting.key === key && <span aria-hidden>{sorting.descending ? " ▾" : " ▴"}</span>}
              </button>
            </th>
          ))}
          <th>
            <span className="visually-hidden">More</span>
          </th>
        </tr>
      </thead>
      {folders.map((folder) => (
        <tbody key={folder.path} data-testid="profile-folder" data-folder={folder.path}>
          {grouped && (
            <tr className={classes.folder}>
              <th scope="rowgroup" colSpan={COLUMNS.length + 1}>
                <bdi>{folder.path === "" ? "profile directory" : `${folder.path}/`}</bdi>
              </th>
            </tr>
          )}
          {folder.profiles.map((profile) => (
            <ProfileRow key={profile.filename} profile={profile} indented={grouped} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function ProfileRow({ profile, indented }: { readonly profile: ProfileItem; readonly indented: boolean }) {
  const { filename, type, size, modified, duration, samples, reason } = profile;
  const unknown = type === "unknown";
  const name = <bdi>{baseNameOf(filename)}</bdi>;
  return (
    <tr
      className={unknown ? classes.unknown : undefined}
      data-testid="profile-row"
      data-filename={filename}
      data-type={type}
    >
      <td className={indented ? `${classes.name} ${classes.indented}` : classes.name}>
        {unknown ? (
          <>
            {name}
            <span className={classes.reason} data-testid="profile-reason" title={reason}>
              {reason ?? "in no format that can be read"}
            </span>
            <span className={classes.openAs}>
              <OpenAs filename={filename} />
            </span>
          </>
        ) : (
          <Link to={explorerLink({ file: filename, type })} data-testid="profile-link">
            {name}
          </Link>
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
        <RowMenu filename={filename} />
      </td>
    </tr>
  );
}

/** The same heading again turns the direction; a new one starts where it is most useful. */
function nextSorting(sorting: Sorting, key: SortKey): Sorting {
  if (sorting.key === key) return { key, descending: !sorting.descending };
  return { key, descending: key !== "name" && key !== "type" };
}
