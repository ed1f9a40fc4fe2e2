import { describe, expect, it } from "vitest";
import { nodeId, ROOT, type NodeId } from "../../../types/units";
import { buildFlameTree, nameOf, pathTo, type FlameTree } from "../flameTree";
import { findZoom, zoomPath } from "./zoomPath";
import { answerOf } from "../treeFixture";

const treeOf = (picture: string) => buildFlameTree(answerOf(picture));
const pathNames = (tree: FlameTree, node: NodeId) => pathTo(tree, node).map((at) => nameOf(tree, at)).join("/");

function find(tree: FlameTree, path: string): NodeId {
  for (let at = 1; at < tree.nodeCount; at += 1) if (pathNames(tree, nodeId(at)) === path) return nodeId(at);
  throw new Error(`no ${path}`);
}

const PLAIN = treeOf(`
  node 0
    _start 0
      uv_run 0
        handler 1
          hash 5
          write 2
      work 3
  bash 1
`);
// What a filter leaves of it: _start and uv_run are gone.
const FILTERED = treeOf(`
  node 0
    handler 1
      hash 5
      write 2
    work 3
  bash 1
`);

describe("zoom path", () => {
  it("leads every node back to itself", () => {
    for (let at = 0; at < PLAIN.nodeCount; at += 1) {
      expect(findZoom(PLAIN, zoomPath(PLAIN, nodeId(at)))).toBe(at);
    }
    expect(zoomPath(PLAIN, ROOT)).toBe("");
  });

  it("keeps the frame when a filter takes away frames below it", () => {
    const path = zoomPath(PLAIN, find(PLAIN, "node/_start/uv_run/handler/hash"));
    expect(pathNames(FILTERED, findZoom(FILTERED, path))).toBe("node/handler/hash");
  });

  it("keeps the frame when the filter is switched off again", () => {
    const path = zoomPath(FILTERED, find(FILTERED, "node/handler/hash"));
    expect(pathNames(PLAIN, findZoom(PLAIN, path))).toBe("node/_start/uv_run/handler/hash");
  });

  it("goes to the nearest ancestor that is left", () => {
    const path = zoomPath(PLAIN, find(PLAIN, "node/_start/uv_run/handler/hash"));
    const other = treeOf("node 0\n  _start 0\n    uv_run 4\nother 0\n  hash 9");
    expect(pathNames(other, findZoom(other, path))).toBe("node/_start/uv_run");
    expect(findZoom(treeOf("java 3"), path)).toBe(ROOT);
  });

  it("goes to the caller when the zoomed frame itself was filtered away", () => {
    const path = zoomPath(PLAIN, find(PLAIN, "node/_start/uv_run"));
    expect(pathNames(FILTERED, findZoom(FILTERED, path))).toBe("node");
  });

  it("tells levels of a recursion apart", () => {
    const tree = treeOf("node 0\n  fib 1\n    fib 1\n      fib 1");
    const path = zoomPath(tree, find(tree, "node/fib/fib"));
    expect(path).toHaveLength(15);
    expect(pathNames(tree, findZoom(tree, path))).toBe("node/fib/fib");
  });

  it("tells equal names of different libraries apart", () => {
    const tree = treeOf("node 0\n  [unknown] [liba] 1\n  [unknown] [libb] 9");
    for (let at = 2; at < tree.nodeCount; at += 1) expect(findZoom(tree, zoomPath(tree, nodeId(at)))).toBe(at);
  });

  it("prefers the larger of two frames with one path, and goes on below both", () => {
    const tree = treeOf("node 0\n  f 1\n    g 1\n  f 5\n    h 1");
    const [small, large] = [nodeId(2), nodeId(4)];
    expect(zoomPath(tree, small)).toBe(zoomPath(tree, large));
    expect(findZoom(tree, zoomPath(tree, small))).toBe(large);
    for (const node of [nodeId(3), nodeId(5)]) expect(findZoom(tree, zoomPath(tree, node))).toBe(node);
  });

  it("takes nonsense for no zoom", () => {
    for (const nonsense of ["x", "????", "<img src=x>", "a".repeat(10_000)]) {
      expect(findZoom(PLAIN, nonsense)).toBe(ROOT);
    }
  });

  it("keeps the function when a filter takes V8's prefix off, and tells its tiers apart without", () => {
    const plain = treeOf("node 0\n  JS:*handle /a.js:1 [perf.map] 5\n  JS:^handle /a.js:1 [perf.map] 9\n    write 1");
    const rewritten = treeOf("node 0\n  handle /a.js:1 [perf.map] 14\n    write 1");
    for (const name of ["JS:*handle /a.js:1", "JS:^handle /a.js:1"]) {
      const path = zoomPath(plain, find(plain, `node/${name}`));
      expect(pathNames(plain, findZoom(plain, path))).toBe(`node/${name}`);
      expect(pathNames(rewritten, findZoom(rewritten, path))).toBe("node/handle /a.js:1");
    }
  });
});
