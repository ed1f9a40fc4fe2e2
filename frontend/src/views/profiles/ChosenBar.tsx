// What can be done with the chosen files: compare two, take them along, delete them.
import { Button, Menu } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { flameGraphAddress, type GraphFormat } from "../../api/flamegraph";
import { downloadAddress } from "../../api/uploads";
import { formatPlural } from "../../lib/format";
import { comparisonOf } from "../../model/profiles/chosen";
import { baseNameOf } from "../../model/profiles/list/profileList";
import { explorerLink } from "../../state/explorer/explorerUrl";
import { WHOLE_CUT } from "../../types/explorer";
import type { ProfileItem } from "../../types/wire";
import { useImporting } from "../importing/context";
import classes from "./profiles.module.css";

const DeleteDialog = lazy(() => import("./DeleteDialog"));

const FORMATS: readonly (readonly [GraphFormat | "file", string, string])[] = [
  ["file", "The files as they are", ""],
  ["folded", "Folded stacks", ".folded"],
  ["speedscope", "speedscope", ".speedscope.json"],
  ["pprof", "pprof", ".pb.gz"],
  ["firefox", "Firefox Profiler", ".firefox.json"],
  ["svg", "SVG", ".svg"],
];
/** Browsers drop downloads that follow too closely. */
const APART_MS = 300;

interface ChosenBarProps {
  readonly files: readonly ProfileItem[];
  readonly onClear: () => void;
}

export function ChosenBar({ files, onClear }: ChosenBarProps) {
  const { offer } = useImporting();
  const [deleting, setDeleting] = useState(false);
  const comparison = comparisonOf(files);
  const refused = offer?.upload.enabled === false ? (offer.upload.reason ?? undefined) : undefined;
  return (
    <div className={classes.chosen} role="group" aria-label="Chosen profiles" data-testid="chosen" data-count={files.length}>
      <strong>{`${formatPlural(files.length, "profile")} chosen`}</strong>
      {comparison ? (
        <Button component={Link} to={explorerLink(comparison)} title="The newer one first: red is what it has more of" data-testid="chosen-compare">
          Compare
        </Button>
      ) : (
        <Button disabled title="Choose two to compare" data-testid="chosen-compare">
          Compare
        </Button>
      )}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button rightSection={<span aria-hidden>▾</span>} data-testid="chosen-export">
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FORMATS.map(([format, title, suffix]) => (
            <Menu.Item key={format} onClick={() => takeAlong(files, format, suffix)} data-testid={`chosen-export-${format}`}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button variant="subtle" onClick={onClear} data-testid="chosen-clear">
        Choose none
      </Button>
      <span className={classes.apart} />
      <Button disabled={refused !== undefined} title={refused} onClick={() => setDeleting(true)} data-testid="chosen-delete">
        Delete…
      </Button>
      {deleting && (
        <Suspense>
          <DeleteDialog filenames={files.map(({ filename }) => filename)} onClose={() => setDeleting(false)} />
        </Suspense>
      )}
    </div>
  );
}

function takeAlong(files: readonly ProfileItem[], format: GraphFormat | "file", suffix: string): void {
  files.forEach(({ filename }, number) => {
    const link = document.createElement("a");
    link.href =
      format === "file"
        ? downloadAddress(filename)
        : flameGraphAddress({ filename, type: "", range: undefined, cut: WHOLE_CUT, inverted: false }, format);
    link.download = baseNameOf(filename) + suffix;
    setTimeout(() => link.click(), number * APART_MS);
  });
}
