import { expect, test } from "vitest";
import { buildFlameTree, type FlameTree } from "../flame/flameTree";
import { answerOf } from "../flame/treeFixture";
import { largestNode, ownChanges } from "./ownChanges";

const tree = (picture: string) => buildFlameTree(answerOf(picture));

/** 20 samples: handle has 2 of its own and 6 of a builtin, discount none. */
const OLD = tree(`
  node 1
    v8::internal::Call 3
      JS:*handle /srv/v1/app.js:3:1 2
        Builtins_StringIndexOf 6
        JS:*parse /srv/v1/app.js:9:1 8
`);
/** 40 samples: handle in two tiers, and discount with 20 of a builtin. */
const NEW = tree(`
  node 2
    v8::internal::Call 6
      JS:^handle /srv/v2/app.js:4:1 4
        JS:*discount /srv/v2/app.js:30:2 1
          Builtins_RegExpExec 19
      JS:*handle /srv/v2/app.js:4:1 4
        JS:*parse /srv/v2/app.js:10:1 4
`);

/** Shares of the samples of each side. */
const shares = (a: FlameTree, b: FlameTree) => ownChanges(a, b, { a: 100 / a.samples, b: 100 / b.samples });
const shortly = (changes: ReturnType<typeof ownChanges>) => changes.map(({ name, a, b, mostly }) => [name, a, b, mostly]);

test("own functions have the samples of the runtime below them, whatever their tier, line and directory", () => {
  expect(shortly(shares(OLD, NEW))).toEqual([
    ["discount", 0, 50, undefined],
    // Its only callee has less, too.
    ["handle", 80, 30, "parse"],
  ]);
});

test("swapped sides have the same functions in the same order", () => {
  const swapped = shares(NEW, OLD).map(({ a, b, ...one }) => ({ ...one, a: b, b: a }));
  expect(swapped).toEqual(shares(OLD, NEW));
  expect(shares(OLD, OLD)).toEqual([]);
});

test("functions of one name in two scripts are two", () => {
  const one = tree(`
    app 0
      JS:*get /a/one.js:1:1 50
      JS:*get /a/two.js:1:1 50
  `);
  const other = tree(`
    app 0
      JS:*get /a/one.js:1:1 90
      JS:*get /a/two.js:1:1 10
  `);
  expect(shortly(shares(one, other))).toEqual([
    ["get", 50, 90, undefined],
    ["get", 50, 10, undefined],
  ]);
});

/** Two releases of equal length: rebuild takes as long as before, rank and its callback longer. */
const RELEASES = [
  tree(`
    node 0
      JS:*serve /srv/app.js:1:1 20
        JS:*search /srv/app.js:10:1 10
          JS:*rank /srv/app.js:20:1 100
            Builtins_ArrayTimSort 60
              JS:*byScore /srv/app.js:24:1 60
        JS:*rebuild /srv/app.js:40:1 300
  `),
  tree(`
    node 0
      JS:*serve /srv/app.js:1:1 20
        JS:*search /srv/app.js:10:1 12
          JS:*rank /srv/app.js:20:1 140
            Builtins_ArrayTimSort 60
              JS:*byScore /srv/app.js:24:1 260
        JS:*rebuild /srv/app.js:40:1 300
  `),
] as const;

test("a function that takes as long as before did not change, and a callback belongs to its caller", () => {
  const [a, b] = RELEASES;
  expect(shortly(ownChanges(a, b, { a: 1, b: 1 }))).toEqual([["rank", 220, 460, "byScore"]]);
  // Of shares, rebuild has less, as the others have more.
  expect(shares(a, b).map(({ name }) => name)).toEqual(["rank", "rebuild"]);
});

test("a function with a caller that did not change stays by itself, and so does one of several callers", () => {
  const before = tree("app 0\n  main [lib] 5\n    run [lib] 100\n      work [lib] 100\n    other [lib] 100");
  const slower = tree("app 0\n  main [lib] 5\n    run [lib] 101\n      work [lib] 300\n    other [lib] 100");
  expect(shortly(ownChanges(before, slower, { a: 1, b: 1 }))).toEqual([["work", 100, 300, undefined]]);
  const both = tree("app 0\n  main [lib] 5\n    run [lib] 300\n      work [lib] 300\n    other [lib] 100");
  expect(shortly(ownChanges(before, both, { a: 1, b: 1 }))).toEqual([["run", 200, 600, undefined]]);
  const shared = tree("app 0\n  main [lib] 5\n    run [lib] 300\n      work [lib] 200\n    other [lib] 100\n      work [lib] 100");
  expect(ownChanges(before, shared, { a: 1, b: 1 }).map(({ name }) => name)).toEqual(["run", "work"]);
});

test("changes within chance of the counts are none, but values that are not counts are exact", () => {
  const few = ["app 0\n  f [lib] 9\n  g [lib] 91", "app 0\n  f [lib] 14\n  g [lib] 86"] as const;
  expect(shares(tree(few[0]), tree(few[1]))).toEqual([]);
  const times = few.map((picture) => buildFlameTree(answerOf(picture, { unit: "microseconds" })));
  expect(shares(times[0]!, times[1]!)).toHaveLength(2);
});

test("the largest node of a function is found in any tier", () => {
  const key = "handle\napp.js";
  expect(NEW.total[largestNode(NEW, key)!]).toBe(24);
  expect(largestNode(OLD, "discount\napp.js")).toBeUndefined();
});
