// First screen: the profiles of the server's directory, newest first.
import { Pagination } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { formatPlural } from "../../lib/format";
import { listedOf, type Chosen } from "../../model/profiles/chosen";
import { isProfile, NEWEST_FIRST, searchProfiles, sortProfiles, withMarksNamed, withPreview, type Sorting } from "../../model/profiles/list/profileList";
import { explorerLink, typeInLink } from "../../state/explorer/explorerUrl";
import { usePreviews } from "../../state/previews";
import { useProfiles } from "../../state/profiles";
import type { ProfileItem } from "../../types/wire";
import { useShortcuts } from "../shared/useShortcuts";
import { useImporting } from "../importing/context";
import { Header } from "../app/Header";
import { Loading } from "../shared/Loading";
import { ErrorNotice } from "../shared/Notice";
import { OfflineNotice } from "../app/OfflineNotice";
import { ChosenBar } from "./ChosenBar";
import { EmptyDirectory } from "./EmptyDirectory";
import { GetProfiles } from "./GetProfiles";
import { ListAge } from "./ListAge";
import { ProfileSearch } from "./ProfileSearch";
import { ProfileTable } from "./ProfileTable";
import { RecentProfiles } from "./RecentProfiles";
import { focusFirstLink } from "./rowKeys";
import classes from "./profiles.module.css";

const PAGE_SIZE = 200;
const CONTROL_NAMES = { first: "First page", previous: "Previous page", next: "Next page", last: "Last page" } as const;

export function ProfilesView() {
  const { data, error, refetch } = useProfiles();
  const { offer } = useImporting();
  const files = useMemo(() => data && withMarksNamed(data), [data]);
  return (
    <>
      <title>FlameScope</title>
      <Header skip={["Skip to the profiles", "main table a"]}>
        {offer?.fleet && (
          <Link to="/fleet" className={classes.fleet} title="The profiles of many hosts by time" data-testid="fleet-link">
            Fleet
          </Link>
        )}
      </Header>
      {data !== undefined && <OfflineNotice />}
      <main className={classes.main} data-testid="profiles-view">
        {data === undefined && error && (
          <ErrorNotice title="The profiles cannot be listed" error={error} retry={() => void refetch()} />
        )}
        {data === undefined && !error && <Loading label="Listing profiles" />}
        {data !== undefined && <ListAge />}
        {data?.length === 0 && <EmptyDirectory />}
        {files !== undefined && files.length > 0 && <ProfileList profiles={files} />}
      </main>
    </>
  );
}

function ProfileList({ profiles }: { readonly profiles: readonly ProfileItem[] }) {
  const [query, setQuery] = useState("");
  const [sorting, setSorting] = useState<Sorting>(NEWEST_FIRST);
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<Chosen>(new Set());
  const matching = searchProfiles(profiles, query);
  // Of those of one page, whatever they are sorted by: an order by a preview must not change which are asked for.
  const previews = usePreviews(pageOf(sortProfiles(matching, previewless(sorting)), page).filter(isProfile));
  const found = sortProfiles(matching.map((profile) => withPreview(profile, previews.get(profile.filename))), sorting);
  const readable = found.filter(isProfile);
  const only = readable.length === 1 ? readable[0] : undefined;
  const searchInput = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const navigate = useNavigate();
  const goToSearch = () => {
    searchInput.current?.focus();
    searchInput.current?.select();
  };
  useShortcuts({ "/": goToSearch });
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const shownPage = Math.min(page, pages);
  const shown = pageOf(found, shownPage);
  const files = listedOf(chosen, found);
  return (
    <>
      <div className={classes.bar}>
        <ProfileSearch
          ref={searchInput}
          value={query}
          onChange={(text) => {
            setQuery(text);
            setPage(1);
          }}
          onEnter={() => {
            if (only) void navigate(explorerLink({ file: only.filename, type: typeInLink(only.type) }));
          }}
          onDown={() => focusFirstLink(table.current)}
        />
        <span className={classes.count} data-testid="profile-count" data-count={found.length}>
          {describe(found, profiles)}
        </span>
        <GetProfiles />
      </div>
      <RecentProfiles profiles={profiles} />
      <ProfileTable
        ref={table}
        profiles={shown}
        others={found.length - readable.length}
        sorting={sorting}
        onSort={setSorting}
        chosen={chosen}
        onChoose={setChosen}
        onLeave={goToSearch}
      />
      {files.length > 0 && <ChosenBar files={files} onClear={() => setChosen(new Set())} />}
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

function pageOf<Item>(items: readonly Item[], page: number): Item[] {
  const last = Math.max(1, Math.ceil(items.length / PAGE_SIZE));
  return items.slice((Math.min(page, last) - 1) * PAGE_SIZE, Math.min(page, last) * PAGE_SIZE);
}

const OF_PREVIEWS: ReadonlySet<string> = new Set(["command", "host", "event", "duration", "samples"]);

/** The order in which a page is chosen while its previews are still unknown. */
function previewless(sorting: Sorting): Sorting {
  return OF_PREVIEWS.has(sorting.key) ? NEWEST_FIRST : sorting;
}

/** "3 of 12 profiles", "12 profiles · 4 other files". */
function describe(found: readonly ProfileItem[], all: readonly ProfileItem[]): string {
  const profiles = found.filter(isProfile).length;
  const others = found.length - profiles;
  const total = formatPlural(all.filter(isProfile).length, "profile");
  const counted = found.length === all.length ? total : `${profiles} of ${total}`;
  return others === 0 ? counted : `${counted} · ${formatPlural(others, "other file")}`;
}
