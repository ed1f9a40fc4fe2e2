import { expect, it } from "vitest";
import { displayName } from "./displayName";

it.each([
  ["hash", "/usr/lib/libcrypto.so", "hash"],
  ["[unknown]", "/srv/app/blst.node", "[blst.node]"],
  ["[unknown]", "[heap]", "[heap]"],
  ["[unknown]", "[unknown]", "[unknown]"],
  ["[unknown]", "", "[unknown]"],
  ["\u001b[31mred\u0007", "", "\\u001b[31mred\\u0007"],
  ["safe\u202egnp.exe", "", "safe\\u202egnp.exe"],
  ["größe→λ", "", "größe→λ"],
])("shows %j in %j as %j", (name, library, shown) => {
  expect(displayName(name, library)).toBe(shown);
});
