import { describe, expect, it } from "vitest";
import type { ImportRequest, WatchedJob } from "../../types/imports";
import { JOB } from "./jobFixture";
import { formatLeft, summarize, titleOf, withHostKey, withPid, shortError } from "./jobs";

const job = (more: Partial<WatchedJob>): WatchedJob => ({ ...JOB, ratePoints: [], ...more });
const REQUEST: ImportRequest = {
  kind: "capture",
  body: { host: "beacon", pgrep: "node", frequency: 99, seconds: 60, callGraph: "fp", sudo: false },
};
const steps = (more: Partial<WatchedJob>) => summarize(job(more)).steps.map(({ state }) => state).join(" ");

describe("the steps of a job", () => {
  it("go from left to right", () => {
    expect(steps({ state: "queued", step: "queued" })).toBe("todo todo todo todo");
    expect(steps({ step: "starting" })).toBe("todo todo todo todo");
    expect(steps({ step: "connecting" })).toBe("now todo todo todo");
    expect(steps({ step: "reading" })).toBe("done done now todo");
    expect(steps({ state: "done", step: "done" })).toBe("done done done done");
    expect(steps({ kind: "ssh", step: "reading" })).toBe("done now todo");
  });

  it("stay where it failed", () => {
    expect(steps({ state: "failed", step: "recording" })).toBe("done failed todo todo");
    expect(steps({ state: "cancelled", step: "starting" })).toBe("failed todo todo todo");
  });
});

describe("how far a job is", () => {
  it("counts down while it records", () => {
    const found = summarize(job({ step: "recording", secondsLeft: 15 }), REQUEST);
    expect(found).toMatchObject({ fraction: 0.75, secondsLeft: 15, status: "Recording · 15 s left" });
    expect(summarize(job({ step: "recording", secondsLeft: 15 })).fraction).toBeUndefined();
  });

  it("works the seconds out of what came by", () => {
    const ratePoints = [
      { at: 1000, bytes: 0 },
      { at: 3000, bytes: 4e6 },
    ];
    const found = summarize(job({ kind: "ssh", step: "reading", done: 4e6, size: 10e6, ratePoints }));
    expect(found).toMatchObject({ fraction: 0.4, secondsLeft: 3, status: "Reading · 4.0 MB of 10.0 MB · 3 s left" });
  });

  it("shows bytes where their number is unknown", () => {
    expect(summarize(job({ step: "reading", done: 3.5e6 }), REQUEST)).toMatchObject({
      fraction: undefined,
      status: "Reading · 3.5 MB",
    });
  });

  it("says how it ended", () => {
    expect(summarize(job({ state: "done", step: "done", done: 12 })).status).toBe("Done · 12 B");
    expect(summarize(job({ state: "cancelled" })).status).toBe("Cancelled");
    expect(formatLeft(124.2)).toBe("2 min 05 s left");
  });
});

describe("what a failed job asks", () => {
  const PROCESS = { pid: 1, command: "a", user: "root", cpu: null, runtime: null, map: "absent" } as const;
  const HOST_KEY = { algorithm: "ssh-ed25519", fingerprint: "SHA256:x", host: "beacon", port: 22 };
  const question = (more: Partial<WatchedJob>) => summarize(job({ state: "failed", ...more })).question;
  it("is read from what the server found", () => {
    expect(question({ hostKey: HOST_KEY })).toBe("hostKey");
    expect(question({ processes: [PROCESS] })).toBe("process");
    expect(question({ error: "Whatever it says.", code: "hostKeyChanged" })).toBe("changedKey");
    expect(question({ error: "perf record failed on the host: no" })).toBeUndefined();
  });

  it("is answered by the same request with one thing more", () => {
    expect(withHostKey(REQUEST, "SHA256:x").body).toEqual({ ...REQUEST.body, hostKey: "SHA256:x" });
    const body = JSON.parse(JSON.stringify(withPid(REQUEST, 7).body)) as object;
    expect(body).toEqual({ host: "beacon", pid: 7, frequency: 99, seconds: 60, callGraph: "fp", sudo: false });
  });

  it("does not look like a failure, as an answer helps it on", () => {
    expect(steps({ state: "failed", hostKey: HOST_KEY })).toBe("now todo todo todo");
    expect(summarize(job({ state: "failed", hostKey: HOST_KEY })).status).toBe("Waiting for your answer");
  });

  it("names the job", () => {
    expect(titleOf({ kind: "ssh", source: "beacon:/x" })).toBe("Import from beacon:/x");
  });
});

it("keeps two sentences of an error whole", () => {
  const long = `The key of build-7.example has changed since it was last seen ${"and so on ".repeat(15)}. Check with its owner, then remove it from ~/.ssh/known_hosts. More is in the log.`;
  expect(shortError(long)).toBe(long.slice(0, long.indexOf(" More is")));
  expect(shortError("No answer from 10.0.0.1:22 in 5 s")).toBe("No answer from 10.0.0.1:22 in 5 s");
  expect(shortError("x".repeat(500))).toHaveLength(401);
  expect(shortError("")).toBe("");
});
