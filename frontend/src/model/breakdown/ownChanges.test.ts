import { expect, test } from "vitest";
import { buildFlameTree } from "../flame/flameTree";
import { answerOf } from "../flame/treeFixture";
import { ownChanges } from "./ownChanges";

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

test("own functions have the samples of the runtime below them, whatever their tier, line and directory", () => {
  expect(ownChanges(OLD, NEW)).toEqual([
    { name: "discount", a: 0, b: 20 / 40 },
    { name: "parse", a: 8 / 20, b: 4 / 40 },
    { name: "handle", a: 8 / 20, b: 8 / 40 },
  ]);
});

test("swapped sides have the same functions in the same order", () => {
  expect(ownChanges(NEW, OLD).map(({ name, a, b }) => ({ name, a: b, b: a }))).toEqual(ownChanges(OLD, NEW));
  expect(ownChanges(OLD, OLD)).toEqual([]);
});

test("functions of one name in two scripts are two", () => {
  const one = tree(`
    app 0
      JS:*get /a/one.js:1:1 5
      JS:*get /a/two.js:1:1 5
  `);
  const other = tree(`
    app 0
      JS:*get /a/one.js:1:1 9
      JS:*get /a/two.js:1:1 1
  `);
  expect(ownChanges(one, other)).toEqual([
    { name: "get", a: 0.5, b: 0.9 },
    { name: "get", a: 0.5, b: 0.1 },
  ]);
});
