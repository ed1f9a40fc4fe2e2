// Takes the selection elsewhere: for other programs from the server, as a picture from the canvas, and
// as a link. What the server cannot write for a comparison is greyed, not missing.
import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { comparisonAddress, flameGraphAddress, type GraphFormat } from "../../api/flamegraph";
import { flamePicture } from "../../canvas/flamePicture";
import type { FlamePanelProps } from "./FlamePanel";
import { framePaint } from "./framePaint";

const FORMATS: readonly (readonly [GraphFormat, string, string])[] = [
  ["folded", "Folded stacks", ".folded"],
  ["speedscope", "speedscope", ".speedscope.json"],
  ["pprof", "pprof", ".pb.gz"],
  ["svg", "SVG", ".svg"],
  ["nested", "JSON", ".json"],
];
const PICTURE_WIDTH = 1600;

export function ExportMenu({ state, scheme, data }: FlamePanelProps) {
  const [said, setSaid] = useState("");
  const { compare } = state;
  const { question } = data.comparison;
  const addressOf = (format: GraphFormat): string | undefined => {
    if (!compare) return flameGraphAddress(data.request, format);
    if (!question || compare.rest) return undefined;
    return compare.kind === "elided" || format === "nested" ? comparisonAddress(question, format) : undefined;
  };
  const name = state.file.slice(state.file.lastIndexOf("/") + 1);
  const savePicture = async () => {
    const { tree, search, zoom } = data;
    if (!tree) return;
    const look = { ...framePaint(tree, state, scheme), scheme, layout: state.layout, search, zoom };
    save(await flamePicture(tree, look, PICTURE_WIDTH), `${name}.png`);
  };
  return (
    <Menu position="bottom-start" onClose={() => setSaid("")}>
      <Menu.Target>
        <Button rightSection={<span aria-hidden>▾</span>} data-testid="export">
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map(([format, title, suffix]) => {
          const href = addressOf(format);
          return href === undefined ? (
            <Menu.Item key={format} disabled data-testid={`export-${format}`}>
              {`${title} (not of this comparison)`}
            </Menu.Item>
          ) : (
            <Menu.Item key={format} component="a" href={href} download={name + suffix} data-testid={`export-${format}`}>
              {title}
            </Menu.Item>
          );
        })}
        <Menu.Item onClick={() => void savePicture()} disabled={!data.tree} data-testid="export-png">
          PNG
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick={false}
          onClick={() =>
            void navigator.clipboard.writeText(window.location.href).then(
              () => setSaid("Link copied"),
              () => setSaid("Copy the address of this page: the browser refused"),
            )
          }
          data-testid="export-link"
        >
          {said === "" ? "Copy link" : said}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold of the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
