import { describe, expect, it } from "vitest";
import { nodeId, ROOT } from "../../../types/units";
import { collapseRuns, drawnAt, keepZoom, runKey, type Collapsing } from "./collapse";
import { buildFlameTree, nameOf, type FlameTree } from "../flameTree";
import { searchTree } from "../search";
import { answerOf, pictureOf } from "../treeFixture";

const PICTURE = `
  node 0
    v8::Call [/bin/node] 0
      v8::Invoke [/bin/node] 0
        v8::Run [/bin/node] 0
          handle [/srv/app] 1
            render [/srv/app] 0
              paint [/srv/app] 0
                fib [/srv/app] 0
                  fib [/srv/app] 0
                    fib [/srv/app] 2
          other [/srv/app] 1
    sys_read [kernel] 0
      vfs_read [kernel] 3
`;
const TREE = buildFlameTree(answerOf(PICTURE));
const NONE: Collapsing = { opened: new Set(), search: undefined, zoom: ROOT };
const named = (tree: FlameTree, name: string) =>
  nodeId(Array.from({ length: tree.nodeCount }, (_, at) => at).find((at) => nameOf(tree, nodeId(at)) === name)!);

describe("runs", () => {
  it("of the runtime and of one repeated frame become one box, own frames and short runs stay", () => {
    const found = collapseRuns(TREE, NONE)!;
    expect(pictureOf(found.tree)).toBe(
      ["node 0+7", "  sys_read 0+3", "    vfs_read 0+3", "  v8::Call 3+4", "    handle 3+3", "      render 3+2", "        paint 3+2", "          fib 3+2", "    other 6+1"].join("\n"),
    );
    expect([...found.run]).toEqual([1, 1, 1, 1, 3, 1, 1, 1, 3, 1]);
  });

  it("keep the samples, and know where each frame is drawn", () => {
    const collapsed = collapseRuns(TREE, NONE)!;
    const { tree, source } = collapsed;
    expect(tree.self.reduce((sum, own) => sum + own)).toBe(7);
    for (let node = 0; node < TREE.nodeCount; node += 1) expect(tree.total[drawnAt(collapsed, nodeId(node))]).toBe(TREE.total[node]);
    expect(nameOf(tree, drawnAt(collapsed, named(TREE, "v8::Run")))).toBe("v8::Call");
    expect(nameOf(TREE, nodeId(source[drawnAt(collapsed, named(TREE, "paint"))]!))).toBe("paint");
    expect(tree.end[ROOT]).toBe(tree.nodeCount);
  });

  it("open by their first frame", () => {
    const opened = new Set([runKey(TREE, named(TREE, "v8::Call"))]);
    expect(pictureOf(collapseRuns(TREE, { ...NONE, opened })!.tree)).toContain("v8::Run");
    opened.add(runKey(TREE, named(TREE, "fib")));
    expect(collapseRuns(TREE, { ...NONE, opened })).toBeUndefined();
  });

  it("leave matches of a search and the zoomed frame alone", () => {
    const search = searchTree(TREE, "v8::Invoke");
    expect(pictureOf(collapseRuns(TREE, { ...NONE, search })!.tree)).toContain("v8::Invoke");
    const zoom = named(TREE, "v8::Run");
    expect(pictureOf(collapseRuns(TREE, { ...NONE, zoom })!.tree)).toContain("v8::Run");
  });

  it("are not looked for again for the zoom of a frame with a box of its own", () => {
    const collapsed = collapseRuns(TREE, NONE)!;
    for (const name of ["handle", "other", "vfs_read"]) {
      const zoom = named(TREE, name);
      expect(keepZoom(TREE, collapsed, { ...NONE, zoom })).toBe(collapsed);
      expect(pictureOf(collapseRuns(TREE, { ...NONE, zoom })!.tree)).toBe(pictureOf(collapsed.tree));
    }
    const zoom = named(TREE, "v8::Run");
    expect(pictureOf(keepZoom(TREE, collapsed, { ...NONE, zoom })!.tree)).toBe(pictureOf(collapseRuns(TREE, { ...NONE, zoom })!.tree));
  });
});
