// Takes the selection elsewhere: for other programs from the server, as a picture from the canvas, and
// as a link. Forms without a place for a comparison are greyed and show why.
import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { reportAddress, type ReportRequest } from "../../../api/report";
import { comparisonAddress, flameGraphAddress, type GraphFormat } from "../../../api/flamegraph";
import { rangedName } from "../../../lib/format";
import { flamePicture } from "../../../canvas/painting/flamePicture";
import { viewWords } from "../../../model/profiles/viewWords";
import { explorerQuery } from "../../../state/explorer/explorerUrl";
import type { ExplorerState } from "../../../types/explorer";
import { copyText } from "../../shared/copyText";
import type { FlamePanelProps } from "./panelProps";
import { framePaint } from "./framePaint";

const FORMATS: readonly (readonly [GraphFormat, string, string])[] = [
  ["folded", "Folded stacks", ".folded"],
  ["speedscope", "speedscope", ".speedscope.json"],
  ["pprof", "pprof", ".pb.gz"],
  ["firefox", "Firefox Profiler", ".firefox.json"],
  ["svg", "SVG", ".svg"],
  ["nested", "JSON", ".json"],
];
/** Forms that have a place for both sides of a difference. */
const OF_DIFFERENCES: ReadonlySet<GraphFormat> = new Set(["folded", "svg", "nested"]);
/** Samples with their times, of one range and with callers above callees. */
const OF_SAMPLES: GraphFormat = "firefox";
const NO_RANGE = "select a range first";
const ONE_SIDED = "one side only";
const NO_COMPARISON = "no comparisons";
const NO_INVERSION = "inverts by itself";
const PICTURE_WIDTH = 1600;

export function ExportMenu({ state, scheme, data }: FlamePanelProps) {
  const [said, setSaid] = useState("");
  const { compare } = state;
  const { question } = data.comparison;
  const refusalOf = (format: GraphFormat): string | undefined => {
    if (compare?.rest && !question) return NO_RANGE;
    if (format === OF_SAMPLES && compare) return NO_COMPARISON;
    if (format === OF_SAMPLES && data.request.inverted) return NO_INVERSION;
    return compare?.kind === "differential" && !OF_DIFFERENCES.has(format) ? ONE_SIDED : undefined;
  };
  // "auto" is the default of the server.
  const base = compare?.kind === "differential" && compare.base !== "auto" ? compare.base : undefined;
  const addressOf = (format: GraphFormat) =>
    question ? comparisonAddress(question, format, format === "svg" ? base : undefined) : flameGraphAddress(data.request, format);
  // The name of a file with two sides tells the kind of comparison.
  const middle = compare ? (compare.kind === "differential" ? ".diff" : ".elided") : "";
  const name = state.file.slice(state.file.lastIndexOf("/") + 1);
  const named = rangedName(name, data.request.range);
  const savePicture = async () => {
    const { tree, search, zoom } = data;
    if (!tree) return;
    const look = { ...framePaint(tree, state, scheme), scheme, layout: state.layout === "icicle" ? ("icicle" as const) : ("flame" as const), search, zoom };
    const { range } = data.request;
    const heatmap = data.heatmap && { heatmap: data.heatmap, range, palette: state.palette };
    const head = { title: state.file, words: viewWords(state, data.heatmap?.seconds), heatmap };
    save(await flamePicture(tree, look, PICTURE_WIDTH, head), `${named}${middle}.png`);
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
          const [refusal, testId] = [refusalOf(format), `export-${format}`];
          return refusal !== undefined ? (
            <Menu.Item key={format} disabled data-testid={testId}>
              {`${title} (${refusal})`}
            </Menu.Item>
          ) : (
            <Menu.Item
              key={format}
              component="a"
              href={addressOf(format)}
              download={named + middle + suffix}
              data-testid={testId}
            >
              {title}
            </Menu.Item>
          );
        })}
        {compare ? (
          <Menu.Item disabled data-testid="export-html">{`HTML page (${ONE_SIDED})`}</Menu.Item>
        ) : (
          <Menu.Item
            component="a"
            href={reportAddress(reportOf(state, data))}
            download={`${named}.html`}
            title="Heatmap, lanes, graph and findings in one file that works without a server"
            data-testid="export-html"
          >
            HTML page
          </Menu.Item>
        )}
        <Menu.Item onClick={() => void savePicture()} disabled={!data.tree} data-testid="export-png">
          PNG
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick={false}
          onClick={() =>
            void copyText(window.location.href).then((copied) =>
              setSaid(copied ? "Link copied" : "Not copied: the browser refused. Copy the address of this page."),
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

/** The view as it is, for a file that shows it again. */
function reportOf(state: ExplorerState, { request, lanesBy }: FlamePanelProps["data"]): ReportRequest {
  const view = explorerQuery(state);
  view.delete("file");
  return { ...request, view: view.toString(), by: lanesBy, rows: state.rows, columnLength: state.columnLength, marks: state.marks, began: state.began };
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
