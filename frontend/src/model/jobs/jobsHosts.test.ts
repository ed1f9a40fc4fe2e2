import { describe, expect, it } from "vitest";
import { EMPTY_FORM } from "./jobsForm";
import { firstForm, NO_MEMORY, pickHost, readMemory, remember, suggestions } from "./jobsHosts";

const used = (host: string, user = "admin", port = "") => ({ ...EMPTY_FORM, host, user, port });

describe("the hosts of a browser", () => {
  it("come back, the last one first, each once", () => {
    let memory = remember(NO_MEMORY, used("a"), "ssh");
    memory = remember(memory, used("b", "", "2222"), "capture");
    memory = remember(memory, used("a"), "ssh");
    expect(memory.hosts.map(({ host }) => host)).toEqual(["a", "b"]);
    expect(readMemory(JSON.stringify(memory))).toEqual(memory);
  });

  it("are a dozen", () => {
    let memory = NO_MEMORY;
    for (let number = 0; number < 30; number++) memory = remember(memory, used(`h${number}`), "ssh");
    expect(memory.hosts).toHaveLength(12);
  });

  it("survive anything in the storage", () => {
    for (const text of [null, "", "{", "null", "[]", '{"hosts": 3, "forms": 4}', '{"hosts": [null, {"host": 1}]}']) {
      expect(readMemory(text)).toEqual(NO_MEMORY);
    }
    const odd = readMemory('{"forms": {"ssh": {"host": "a", "sudo": "yes", "more": 1}}}');
    expect(odd.forms.ssh).toEqual({ ...EMPTY_FORM, host: "a" });
  });

  it("fill the next form, without the name of the last profile", () => {
    const memory = remember(NO_MEMORY, { ...used("a"), path: "/x", filename: "f" }, "ssh");
    expect(firstForm(memory, "ssh")).toEqual({ ...used("a"), path: "/x" });
    expect(firstForm(memory, "capture")).toEqual(used("a"));
    expect(firstForm(NO_MEMORY, "ssh")).toEqual(EMPTY_FORM);
  });

  it("are suggested before those of the configuration, and bring user and port", () => {
    const memory = remember(NO_MEMORY, used("10.0.0.7", "admin", "2222"), "ssh");
    const aliases = [{ alias: "beacon", host: "10.0.0.9", port: 22, user: "devops" }];
    const all = suggestions(memory, aliases);
    expect(all.map(({ label }) => label)).toEqual(["admin@10.0.0.7:2222", "devops@10.0.0.9"]);
    expect(pickHost(EMPTY_FORM, "10.0.0.7", all)).toMatchObject({ host: "10.0.0.7", user: "admin", port: "2222" });
    expect(pickHost(used("x"), "beacon", all)).toMatchObject({ host: "beacon", user: "", port: "" });
    expect(pickHost(used("x"), "bea", all)).toMatchObject({ host: "bea", user: "admin" });
  });
});
