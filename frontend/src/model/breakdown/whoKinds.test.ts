import { describe, expect, it } from "vitest";
import type { FlameGraphAnswer, ProfileInfo } from "../../types/wire";
import { whoKinds, whoTabs } from "./whoKinds";

const values = (...names: (string | number)[]) => names.map((value) => ({ value, samples: 1, busy: 1 }));
const of = (part: object) =>
  ({ samples: 9, commands: [], processes: [], threads: [], cpus: [], events: values("cpu"), labels: [], ...part }) as unknown as ProfileInfo;
const frames = (name: string[], library: string[], kind: string[]) => ({ name, library, kind }) as unknown as FlameGraphAnswer["frames"];
const PLAIN = frames(["main", "read"], ["", ""], ["", ""]);
const MIXED = frames(["main", "LazyCompile:*work /srv/a.js:1"], ["", "libc.so"], ["user", "jit"]);

describe("tables of the rail", () => {
  it("are functions alone where samples have nothing else", () => {
    expect(whoKinds(of({}), PLAIN)).toEqual(["function"]);
    expect(whoKinds(of({ commands: values("main"), threads: values(7) }), PLAIN)).toEqual(["function"]);
  });

  it("are of what has several values, labels last", () => {
    const info = of({ commands: values("a", "b"), threads: values(1, 2), cpus: values(0), labels: [{ name: "host", values: values("web-1") }] });
    expect(whoKinds(info, MIXED)).toEqual(["comm", "thread", "function", "library", "kind", "package", "label:host"]);
    expect(whoKinds(info, undefined)).toContain("library");
  });

  it.each([["net/http.(*conn).serve"], ["alloc::vec::Vec::push"], ["com.example.Work.run"]])("are of packages where %s runs", (name) => {
    expect(whoKinds(of({}), frames([name], [""], [""]))).toContain("package");
  });

  it("are not of packages in plain C", () => {
    const names = ["main", "memcpy.part.0", "work.cold", "work.constprop.1.isra.0"];
    const libraries = ["/usr/lib/libc.so.6", "[kernel.kallsyms]", "/opt/db/bin/server", ""];
    expect(whoKinds(of({}), frames(names, libraries, ["", "", "", ""]))).not.toContain("package");
  });

  it("are of packages where files of Python are", () => {
    expect(whoKinds(of({}), frames(["run"], ["site-packages/flask/app.py"], [""]))).toContain("package");
  });

  it("have four tabs, the shown one among them", () => {
    const all = ["comm", "thread", "cpu", "function", "library"] as const;
    expect(whoTabs(all, "comm")).toEqual({ tabs: ["comm", "thread", "cpu", "function"], more: ["library"] });
    expect(whoTabs(all, "library")).toEqual({ tabs: ["comm", "thread", "cpu", "library"], more: ["function"] });
    expect(whoTabs(["function"], "function")).toEqual({ tabs: ["function"], more: [] });
    expect(whoTabs(["function"], "cpu").tabs).toEqual(["cpu", "function"]);
  });
});
