// First screen: the profiles of the server's directory, newest first.
import { Pagination, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatPlural } from "../../lib/format";
import { groupByFolder, isProfile, NEWEST_FIRST, searchProfiles, sortProfiles, type Sorting } from "../../model/profileList";
import { useProfiles } from "../../state/profiles";
import type { ProfileItem } from "../../types/wire";
import { Header } from "../Header";
import { SearchIcon } from "../icons";
import { Loading } from "../Loading";
import { ErrorNotice } from "../Notice";
import { OfflineNotice } from "../OfflineNotice";
import { EmptyDirectory } from "./EmptyDirectory";
import { GetProfiles } from "./GetProfiles";
import { ProfileTable } from "./ProfileTable";
import { RecentProfiles } from "./RecentProfiles";
import classes from "./profiles.module.css";

const PAGE_SIZE = 200;
const CONTROL_NAMES = { first: "First page", previous: "Previous page", next: "Next page", last: "Last page" } as const;

export function ProfilesView() {
  const { data, error, refetch } = useProfiles();
  return (
    <>
      <title>FlameScope</title>
      <Header skip={["Skip to the profiles", "main table a"]} />
      {data !== undefined && <OfflineNotice />}
      <main className={classes.main} data-testid="profiles-view">
        {data === undefined && error && (
          <ErrorNotice title="The profiles cannot be listed" error={error} retry={() => void refetch()} />
        )}
        {data === undefined && !error && <Loading label="Listing profiles" />}
        {data?.length === 0 && <EmptyDirectory />}
        {data !== undefined && data.length > 0 && <RecentProfiles profiles={data} />}
        {data !== undefined && data.length > 0 && <ProfileList profiles={data} />}
      </main>
    </>
  );
}

function ProfileList({ profiles }: { readonly profiles: readonly ProfileItem[] }) {
  const [query, setQuery] = useState("");
  const [sorting, setSorting] = useState<Sorting>(NEWEST_FIRST);
  const [page, setPage] = useState(1);
  const found = sortProfiles(searchProfiles(profiles, query), sorting);
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const shownPage = Math.min(page, pages);
  const shown = found.slice((shownPage - 1) * PAGE_SIZE, shownPage * PAGE_SIZE);
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          className={classes.search}
          aria-label="Search profiles"
          placeholder="Search by name or format"
          leftSection={<SearchIcon />}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setPage(1);
          }}
          data-testid="profile-search"
        />
        <span className={classes.dim} data-testid="profile-count" data-count={found.length}>
          {describe(found, profiles)}
        </span>
        <GetProfiles />
      </div>
      <ProfileTable folders={groupByFolder(shown)} sorting={sorting} onSort={setSorting} />
      {found.length === 0 && <p className={classes.dim}>No profile has “{query}” in its name or format.</p>}
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={shownPage}
          onChange={setPage}
          aria-label="Pages"
          getItemProps={(number) => ({ "aria-label": `Page ${number}` })}
          getControlProps={(control) => ({ "aria-label": CONTROL_NAMES[control] })}
          data-testid="profile-pages"
        />
      )}
    </>
  );
}

/** "3 of 12 profiles", "12 profiles · 4 other files". */
function describe(found: readonly ProfileItem[], all: readonly ProfileItem[]): string {
  const profiles = found.filter(isProfile).length;
  const others = found.length - profiles;
  const total = formatPlural(all.filter(isProfile).length, "profile");
  const counted = found.length === all.length ? total : `${profiles} of ${total}`;
  return others === 0 ? counted : `${counted} · ${formatPlural(others, "other file")}`;
}
