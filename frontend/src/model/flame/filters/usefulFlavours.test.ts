import { expect, test } from "vitest";
import { usefulFlavours } from "./usefulFlavours";

test.each([
  ["main", "/usr/bin/app", "user", []],
  ["JS:*hash /srv/app/server.js:3:6", "", "jit", ["nodejs", "nodejs-packages"]],
  ["parse", "/srv/app/busy.js:18", "", ["nodejs-packages"]],
  ["listOnTimeout", "node:internal/timers:517", "", ["nodejs-packages"]],
  ["java/lang/String::hashCode", "", "jit", ["java-packages"]],
  ["void org.example.shop.Prices.main(java.lang.String[])", "", "c1", ["java-packages"]],
  ["java/lang/String::hashCode", "", "kernel", []],
])("%s of %s", (name, library, kind, expected) => {
  expect(usefulFlavours({ name: [name], library: [library], kind: [kind] })).toEqual(expected);
});
