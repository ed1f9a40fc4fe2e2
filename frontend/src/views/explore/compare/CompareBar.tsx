// The bar of a comparison: its two sides, its kind and its legend.
import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { formatSpan } from "../../../lib/format";
import type { Heatmap } from "../../../model/heatmap/heatmap";
import { differenceTable } from "../../../model/flame/frames/differenceColour";
import type { Compare, DifferencePalette, TimeRange } from "../../../types/explorer";
import type { FlamePanelProps } from "../flame/panelProps";
import { ratioWords, sizeWords } from "../../../model/breakdown/sizes";
import { shortNames } from "../../../model/profiles/fileName";
import { hasAmounts, measureOf, measureWords, type Base } from "../../../model/flame/measure";
import { useLiveSelection } from "../useSelection";
import { useSizes } from "./useSizes";
import classes from "./compare.module.css";

const PALETTE_NAMES: Readonly<Record<DifferencePalette, string>> = {
  redblue: "Red and blue",
  safe: "Colour-blind safe",
};

export function CompareBar(props: FlamePanelProps & { readonly compare: Compare }) {
  const { state, change, scheme, data, side, onSide, compare } = props;
  const alter = (part: Partial<Compare>) => change({ compare: { ...compare, ...part } });
  const table = differenceTable(state.differencePalette, scheme);
  const measure = data.tree?.measure;
  const sides = data.tree?.compared?.sides;
  return (
    <div className={classes.bar} role="group" aria-label="Comparison" data-testid="compare-bar" data-kind={compare.kind} data-flip={compare.flip} data-rest={compare.rest}>
      <SegmentedControl
        aria-label="Kind of comparison"
        value={compare.kind === "differential" ? "differential" : compare.flip ? "A" : "B"}
        data={[
          { value: "differential", label: "Difference" },
          { value: "A", label: "Only in A" },
          { value: "B", label: "Only in B" },
        ]}
        onChange={(kind) => alter(kind === "differential" ? { kind, flip: false } : { kind: "elided", flip: kind === "A" })}
        data-testid="compare-kind"
      />
      <Button onClick={() => alter({ flip: !compare.flip })} aria-pressed={compare.flip} data-testid="compare-flip">
        ⇄ Flip
      </Button>
      {!compare.rest && compare.file === "" && (
        <label className={classes.field} title="The side that a drag and the arrow keys change. Ctrl + drag changes the other one.">
          Drag selects
          <SegmentedControl
            aria-label="Side that a drag selects"
            value={side}
            data={["A", "B"]}
            onChange={(value) => onSide(value)}
            data-testid="compare-side"
          />
        </label>
      )}
      {compare.kind === "differential" && (
        <>
          <NativeSelect
            aria-label="Colours"
            title="Colours"
            value={state.differencePalette}
            data={Object.entries(PALETTE_NAMES).map(([value, label]) => ({ value, label }))}
            onChange={({ currentTarget }) => change({ differencePalette: currentTarget.value as DifferencePalette }, "replace")}
            data-testid="difference-palette"
          />
          {measure && sides && hasAmounts(sides) && (
            <NativeSelect
              aria-label="Measured by"
              title={`Amounts per second of recording tell what takes longer than before, shares what each side is made of. Shown: ${measureWords(measure)}`}
              value={measure.base}
              data={[
                { value: "second", label: measureOf(sides, "second").kind === "count" ? "Amount per second" : "CPU time per second" },
                { value: "share", label: "Share of samples" },
              ]}
              onChange={({ currentTarget }) => alter({ base: currentTarget.value as Base })}
              data-testid="compare-base"
            />
          )}
          <figure className={classes.legend} aria-label="Colours: from less to more" data-testid="difference-legend">
            <span>− less</span>
            <span className={classes.legendBar} aria-hidden>
              {table.map((colour) => (
                <i key={colour} style={{ background: colour }} />
              ))}
            </span>
            <span>{`more in ${compare.flip ? "B" : "A"} +`}</span>
          </figure>
        </>
      )}
      <Button onClick={() => change({ compare: undefined })} data-testid="compare-stop">
        Stop comparing
      </Button>
      <Words data={data} state={state} compare={compare} />
    </div>
  );
}

interface WordsProps extends Pick<FlamePanelProps, "data" | "state"> {
  readonly compare: Compare;
}

function Words({ data, state, compare }: WordsProps) {
  const names = compare.rest || compare.file === "" ? ["", ""] : shortNames(state.file, compare.file);
  const a = sideWords("A", names[0], rangeWords(useLiveSelection(data.selection).range, data.heatmap));
  const other = rangeWords(useLiveSelection(data.second).range, data.elsewhere ? data.other : data.heatmap);
  const b = compare.rest ? "B the rest" : sideWords("B", names[1], other);
  const [first, second] = compare.flip ? [b, a] : [a, b];
  const words = compare.kind === "differential" ? `${first}, compared with ${second}` : `in ${second}, not in ${first}`;
  return (
    <>
      <span className={classes.words} title={[state.file, compare.file].filter(Boolean).join(" · ")} data-testid="compare-words">
        <bdi>{words}</bdi>
      </span>
      <Sizes data={data} state={state} compare={compare} />
    </>
  );
}

/** How much each side has. Two heatmaps have a summary each. */
function Sizes({ data, state, compare }: WordsProps) {
  const [a, b] = useSizes(state, compare, !data.elsewhere || data.other !== undefined);
  if (!a || !b) return null;
  const ratio = compare.flip ? ratioWords(a, b, "B") : ratioWords(b, a, "A");
  const sizes = [`A ${sizeWords(a)}`, `B ${sizeWords(b)}`];
  const shown = data.elsewhere && ratio !== "" ? [ratio] : [...sizes, ratio];
  return (
    <span className={classes.sizes} title={sizes.join(" · ")} data-testid="compare-sizes" data-a={a.samples} data-b={b.samples}>
      {shown.filter(Boolean).join(" · ")}
    </span>
  );
}

function sideWords(side: "A" | "B", name: string, range: string): string {
  return name === "" ? `${side} ${range}` : `${side} ${name}, ${range}`;
}

function rangeWords(range: TimeRange | undefined, heatmap: Heatmap | undefined): string {
  return range ? formatSpan(range, heatmap?.seconds ?? 0) : "whole profile";
}
