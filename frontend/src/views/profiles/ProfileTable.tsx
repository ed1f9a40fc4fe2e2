// The table: a sorting heading for each column, a row group for each folder, and other files at the end.
import { ActionIcon } from "@mantine/core";
import { useCallback, useState, type Dispatch, type Ref, type SetStateAction } from "react";
import { formatPlural } from "../../lib/format";
import { toggled, type Chosen } from "../../model/profiles/chosen";
import { groupByFolder, isProfile, type ListedItem, type SortKey, type Sorting } from "../../model/profiles/list/profileList";
import { ProfileRow } from "./ProfileRow";
import { walkLinks } from "./rowKeys";
import classes from "./table.module.css";

interface Column {
  readonly key: SortKey;
  readonly title: string;
  readonly number?: boolean;
  /** Columns that are hidden first where there is no room for all. */
  readonly rank?: "widest" | "wide" | "lesser" | "least";
}

const COLUMNS: readonly Column[] = [
  { key: "name", title: "Name" },
  { key: "duration", title: "Duration", number: true, rank: "lesser" },
  { key: "samples", title: "Samples", number: true, rank: "lesser" },
  { key: "command", title: "Mostly", rank: "wide" },
  { key: "host", title: "Host", rank: "widest" },
  { key: "event", title: "Event", rank: "widest" },
  { key: "type", title: "Format", rank: "wide" },
  { key: "size", title: "Size", number: true, rank: "least" },
  { key: "modified", title: "Modified", number: true },
];

/** A heading over hidden columns would make room for them. */
const NEVER_HIDDEN = 4;

interface ProfileTableProps {
  readonly ref: Ref<HTMLTableElement>;
  /** The profiles of this page, in order. */
  readonly profiles: readonly ListedItem[];
  /** The number of found files that are no profiles. */
  readonly others: number;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly chosen: Chosen;
  readonly onChoose: Dispatch<SetStateAction<Chosen>>;
  /** The arrow keys leave the table above its first row. */
  readonly onLeave: () => void;
}

export function ProfileTable({ ref, profiles, others, sorting, onSort, chosen, onChoose, onLeave }: ProfileTableProps) {
  const folders = groupByFolder(profiles.filter(isProfile));
  const unknown = profiles.filter((profile) => !isProfile(profile));
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  // One function for all renderings, so that rows whose file is the same are not rendered again.
  const choose = useCallback((filename: string) => onChoose((before) => toggled(before, filename)), [onChoose]);
  const grouped = folders.some((folder) => folder.path !== "");
  const heading = ({ key, title, number, rank }: Column) => (
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
  );
  return (
    <table
      ref={ref}
      className={classes.table}
      onKeyDown={(event) => walkLinks(event, onLeave)}
      data-testid="profile-table"
    >
      <thead>
        <tr>
          <th className={classes.choice}>
            <span className="visually-hidden">Choose</span>
          </th>
          {COLUMNS.slice(0, 1).map(heading)}
          <th className={`${classes.activity} ${classes.lesser}`}>
            <span>Activity</span>
          </th>
          {COLUMNS.slice(1).map(heading)}
          <th className={classes.more}>
            <span className="visually-hidden">More</span>
          </th>
        </tr>
      </thead>
      {folders.map((folder) => (
        <tbody key={folder.path} data-testid="profile-folder" data-folder={folder.path}>
          {grouped && (
            <tr className={classes.folder}>
              <th scope="rowgroup" colSpan={NEVER_HIDDEN}>
                <ActionIcon
                  size={20}
                  variant="subtle"
                  aria-expanded={!folded.has(folder.path)}
                  aria-label={`Files of ${folder.path === "" ? "the profile directory" : folder.path}`}
                  onClick={() => setFolded(toggled(folded, folder.path))}
                  data-testid="fold"
                >
                  <span aria-hidden>{folded.has(folder.path) ? "▸" : "▾"}</span>
                </ActionIcon>
                <bdi>{folder.path === "" ? "profile directory" : `${folder.path}/`}</bdi>
                {folded.has(folder.path) && <span className={classes.count}>{formatPlural(folder.profiles.length, "profile")}</span>}
              </th>
            </tr>
          )}
          {(folded.has(folder.path) ? [] : folder.profiles).map((profile) => (
            <ProfileRow
              key={profile.filename}
              profile={profile}
              indented={grouped}
              chosen={chosen.has(profile.filename)}
              onChoose={choose}
            />
          ))}
        </tbody>
      ))}
      {unknown.length > 0 && (
        <tbody data-testid="profile-others">
          <tr className={classes.folder}>
            <th scope="rowgroup" colSpan={NEVER_HIDDEN}>
              {formatPlural(others, "other file")}, {others === 1 ? "not a profile" : "not profiles"}
            </th>
          </tr>
          {unknown.map((profile) => (
            <ProfileRow key={profile.filename} profile={profile} indented chosen={chosen.has(profile.filename)} onChoose={choose} />
          ))}
        </tbody>
      )}
    </table>
  );
}

/** The same heading again reverses the order. A new one begins with its most useful order. */
function nextSorting(sorting: Sorting, key: SortKey): Sorting {
  if (sorting.key === key) return { key, descending: !sorting.descending };
  return { key, descending: COLUMNS.some((column) => column.key === key && column.number === true) };
}
