// The profiles that this browser opened last, each with its last view.
import { Button, CloseButton } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { formatWhen } from "../../lib/format";
import { baseNameOf, folderOf } from "../../model/profiles/list/profileList";
import { forgotten, readRecent } from "../../model/profiles/list/recentProfiles";
import { viewWords } from "../../model/profiles/viewWords";
import { changeRecent, rememberedLink, rememberedState, useRecentText } from "../../state/explorer/explorerMemory";
import type { RecentProfile } from "../../types/memory";
import type { ProfileItem } from "../../types/wire";
import classes from "./recent.module.css";

const SHOWN = 6;

export function RecentProfiles({ profiles }: { readonly profiles: readonly ProfileItem[] }) {
  const text = useRecentText();
  const recent = useMemo(() => readRecent(text), [text]);
  const files = useMemo(() => new Map(profiles.map((profile) => [profile.filename, profile])), [profiles]);
  if (recent.length === 0) return null;
  return (
    <section className={classes.recent} aria-labelledby="recent" data-testid="recent">
      <div className={classes.head}>
        <h2 id="recent">Recent</h2>
        <Button variant="subtle" onClick={() => changeRecent(() => [])} data-testid="recent-clear">
          Clear
        </Button>
      </div>
      <ul>
        {recent.slice(0, SHOWN).map((one) => (
          <RecentRow key={JSON.stringify([one.type, one.file])} one={one} profile={files.get(one.file)} />
        ))}
      </ul>
    </section>
  );
}

function RecentRow({ one, profile }: { readonly one: RecentProfile; readonly profile: ProfileItem | undefined }) {
  const state = rememberedState(one);
  const isThere = profile !== undefined;
  const words = viewWords(state, profile?.duration);
  const folder = folderOf(one.file);
  const name = <bdi>{baseNameOf(one.file)}</bdi>;
  return (
    <li data-testid="recent-profile" data-filename={one.file} data-gone={!isThere} title={one.file}>
      <div className={classes.name}>
        {isThere ? (
          <Link to={rememberedLink(one)} data-testid="recent-link">
            {name}
          </Link>
        ) : (
          name
        )}
        {folder !== "" && (
          <span>
            <bdi>{folder}/</bdi>
          </span>
        )}
      </div>
      <CloseButton
        size="xs"
        onClick={() => changeRecent((text) => forgotten(readRecent(text), one))}
        aria-label={`Forget ${one.file}`}
        title="Forget"
        data-testid="recent-forget"
      />
      <div className={classes.view} data-testid="recent-view">
        {isThere ? <bdi>{state.name === "" ? words : `“${state.name}”: ${words}`}</bdi> : "no longer there"}
      </div>
      <time dateTime={new Date(one.at).toISOString()}>{formatWhen(new Date(one.at).toISOString())}</time>
    </li>
  );
}
