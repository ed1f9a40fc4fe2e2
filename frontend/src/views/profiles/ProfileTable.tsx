// The table: a sorting heading for each column, a row group for each folder, and other files at the end.
import type { Ref } from "react";
import { formatPlural } from "../../lib/format";
import { groupByFolder, isProfile, type SortKey, type Sorting } from "../../model/profiles/profileList";
import type { ProfileItem } from "../../types/wire";
import { ProfileRow } from "./ProfileRow";
import { walkLinks } from "./rowKeys";
import classes from "./table.module.css";

interface Column {
  readonly key: SortKey;
  readonly title: string;
  readonly number?: boolean;
  /** Columns that are hidden first where there is no room for all. */
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
  readonly ref: Ref<HTMLTableElement>;
  /** The profiles of this page, in order. */
  readonly profiles: readonly ProfileItem[];
  /** The number of found files that are no profiles. */
  readonly others: number;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  /** The arrow keys leave the table above its first row. */
  readonly onLeave: () => void;
}

export function ProfileTable({ ref, profiles, others, sorting, onSort, onLeave }: ProfileTableProps) {
  const folders = groupByFolder(profiles.filter(isProfile));
  const unknown = profiles.filter((profile) => !isProfile(profile));
  const grouped = folders.some((folder) => folder.path !== "");
  return (
    <table
      ref={ref}
      className={classes.table}
      onKeyDown={(event) => walkLinks(event, onLeave)}
      data-testid="profile-table"
    >
      <thead>
        <tr>
          {COLUMNS.map(({ key, title, number, rank }) => (
            <th
              key={key}
              scope="col"
              className={[classes[key], number && classes.number, rank && classes[rank]].filter(Boolean).join(" ")}
              aria-sort={sorting.key !== key ? "none" : sorting.descending ? "descending" : "ascending"}
            >
              <button type="button" data-testid={`sort-${key}`} onClick={() => onSort(nextSorting(sorting, key))}>
                {title}
                {sorting.key === key && <span aria-hidden>{sorting.descending ? " ▾" : " ▴"}</span>}
              </button>
            </th>
          ))}
          <th className={classes.more}>
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
      {unknown.length > 0 && (
        <tbody data-testid="profile-others">
          <tr className={classes.folder}>
            <th scope="rowgroup" colSpan={COLUMNS.length + 1}>
              {formatPlural(others, "other file")}, not recognised as {others === 1 ? "a profile" : "profiles"}
            </th>
          </tr>
          {unknown.map((profile) => (
            <ProfileRow key={profile.filename} profile={profile} indented />
          ))}
        </tbody>
      )}
    </table>
  );
}

/** The same heading again reverses the order. A new one begins with its most useful order. */
function nextSorting(sorting: Sorting, key: SortKey): Sorting {
  if (sorting.key === key) return { key, descending: !sorting.descending };
  return { key, descending: key !== "name" && key !== "type" };
}
