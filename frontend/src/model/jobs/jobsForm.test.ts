import { describe, expect, it } from "vitest";
import { EMPTY_FORM, filenameError, formErrors, frequencyHint, requestOf, spreadPlace, type ImportForm } from "./jobsForm";

const form = (more: Partial<ImportForm>): ImportForm => ({ ...EMPTY_FORM, host: "beacon", ...more });
const errors = (kind: "ssh" | "capture", more: Partial<ImportForm>) => Object.keys(formErrors(form(more), kind, 600));

describe("a form", () => {
  it("sends what is filled in and leaves the rest to the server", () => {
    expect(requestOf(form({ host: " beacon ", path: "/var/perf.out" }), "ssh")).toEqual({
      kind: "ssh",
      body: { host: "beacon", path: "/var/perf.out" },
    });
    const whole = form({ port: "2222", user: "admin", filename: "a/b.perf", path: "~/x" });
    expect(requestOf(whole, "ssh").body).toEqual({
      host: "beacon",
      port: 2222,
      user: "admin",
      filename: "a/b.perf",
      path: "~/x",
    });
  });

  it("records by pattern, number, or the whole machine", () => {
    const usual = { host: "beacon", frequency: 99, seconds: 60, callGraph: "fp", sudo: false };
    const body = (more: Partial<ImportForm>) => requestOf(form(more), "capture").body;
    expect(body({ pgrep: "my service", pid: "12" })).toEqual({ ...usual, pgrep: "my service" });
    expect(body({ subject: "pid", pid: "12", pgrep: "x" })).toEqual({ ...usual, pid: 12 });
    expect(body({ subject: "system", event: "cpu-clock", sudo: true })).toEqual({
      ...usual,
      system: true,
      event: "cpu-clock",
      sudo: true,
    });
    expect(body({ pgrep: "x", ring: " 600 " })).toEqual({ ...usual, pgrep: "x", ring: 600 });
  });

  it("leaves out what only perf knows where Node samples itself", () => {
    const perfs = { event: "cycles", sudo: true, ring: "60", callGraph: "dwarf" } as const;
    const body = (more: Partial<ImportForm>) => requestOf(form({ ...perfs, cpuProf: true, ...more }), "record").body;
    expect(body({ pgrep: "app.js" })).toEqual({ pgrep: "app.js", frequency: 99, seconds: 60, cpuProf: true });
    expect(body({ subject: "system" })).toMatchObject({ system: true, event: "cycles", ring: 60 });
    expect(errors("capture", { pgrep: "x", cpuProf: true, ring: "soon", event: "-" })).toEqual([]);
    expect(errors("capture", { pgrep: "x", ring: "1" })).toEqual(["ring"]);
  });

  it("is checked before it is sent", () => {
    expect(errors("ssh", { path: "/x" })).toEqual([]);
    expect(errors("ssh", { host: "", path: "" })).toEqual(["host", "path"]);
    expect(errors("ssh", { host: "-oProxyCommand=x", user: "a b", port: "0", path: "/x/" })).toEqual([
      "host",
      "user",
      "port",
      "path",
    ]);
    expect(errors("capture", { pgrep: "node" })).toEqual([]);
    expect(errors("capture", { subject: "pid", pid: "1e3" })).toEqual(["pid"]);
    expect(errors("capture", { subject: "system", frequency: "9.5", seconds: "601", event: "a b" })).toEqual([
      "frequency",
      "seconds",
      "event",
    ]);
  });

  it("does not complain about fields that are not sent", () => {
    expect(errors("ssh", { path: "/x", frequency: "no", pid: "no" })).toEqual([]);
    expect(errors("capture", { subject: "system", path: "", pgrep: "" })).toEqual([]);
  });

  it("knows which names the server takes", () => {
    expect(filenameError("")).toBeUndefined();
    expect(filenameError("beacon/perf ä.out")).toBeUndefined();
    for (const name of ["/x", "a//b", "a/../b", ".hidden", "a\\b", "a\nb"]) expect(filenameError(name)).toBeDefined();
  });

  it.each([
    ["beacon", { host: "beacon" }],
    ["admin@10.0.0.7", { host: "10.0.0.7", user: "admin" }],
    ["admin@beacon:2222", { host: "beacon", user: "admin", port: "2222" }],
    ["beacon:/var/perf.out", { host: "beacon", path: "/var/perf.out" }],
    ["[fd00::1]:2222", { host: "fd00::1", port: "2222" }],
    ["fd00::1", { host: "fd00::1" }],
    ["fe80:1:2:3:4:5:6:7", { host: "fe80:1:2:3:4:5:6:7" }],
    ["-oX=y z", { host: "-oX=y z" }],
  ])("takes %s apart", (text, expected) => {
    expect(spreadPlace(form({ host: text }))).toEqual(form(expected));
  });

  it("warns of round frequencies", () => {
    expect(frequencyHint("100")).toContain("use 99");
    expect(frequencyHint("99")).toContain("light");
    expect(frequencyHint("x")).toBe("Samples a second.");
  });
});
