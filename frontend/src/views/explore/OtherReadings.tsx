// Other types that the file can be read as, such as the CPU profile that a trace carries. The other reading opens with the
// tab and the selection of this one.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type MouseEvent } from "react";
import { Link, useNavigate } from "react-router";
import { typeTitle } from "../../model/profiles/formats";
import { otherReading } from "../../model/profiles/otherReading";
import { explorerLink } from "../../state/explorer/explorerUrl";
import { useFormats } from "../../state/formats";
import { infoQuery } from "../../state/explorer/profileInfo";
import type { ExplorerState } from "../../types/explorer";
import type { ProfileInfo } from "../../types/wire";
import classes from "./notices.module.css";

/** What only this reading of a file shows, as the end of a sentence. */
const CONTENT: Readonly<Record<string, string>> = {
  cpuprofile: " with the names of the functions that ran",
  trace_event: " with its tasks in time order",
};

interface OtherReadingsProps {
  readonly state: ExplorerState;
  readonly info: ProfileInfo;
}

export function OtherReadings({ state, info }: OtherReadingsProps) {
  const [hidden, setHidden] = useState(false);
  const [opening, setOpening] = useState("");
  const formats = useFormats();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const also = info.also ?? [];
  if (also.length === 0 || hidden) return null;
  const more = info.preferred !== undefined && also.includes(info.preferred);
  const open = async (event: MouseEvent, type: string) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    setOpening(type);
    // Its seconds begin elsewhere. Where it cannot be read, its own page tells why.
    const next = await queryClient.fetchQuery(infoQuery(state.file, type)).catch(() => undefined);
    await navigate(explorerLink(otherReading(state, type, info, next)));
  };
  return (
    <div className={classes.notice} role="status" data-testid="other-readings">
      <span>
        {`This file also holds ${also.map((type) => `a ${typeTitle(formats, type)}${CONTENT[type] ?? ""}`).join(" and ")}`}
        {more ? ", which covers more of its time." : "."}
      </span>
      {also.map((type) => (
        <Button
          key={type}
          component={Link}
          to={explorerLink(otherReading(state, type, info, undefined))}
          onClick={(event: MouseEvent) => void open(event, type)}
          loading={opening === type}
          data-testid={`read-as-${type}`}
        >
          {`Open as ${typeTitle(formats, type)}`}
        </Button>
      ))}
      <Button variant="subtle" onClick={() => setHidden(true)} data-testid="other-readings-hide">
        Hide
      </Button>
    </div>
  );
}
