// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter, useLocation } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FORMATS } from "../../model/profiles/formatsFixture";
import { createQueryClient } from "../../state/queryClient";
import { JOB as ANY_JOB } from "../../model/jobs/jobFixture";
import type { ImportOffer, Job } from "../../types/imports";
import { ProfilesView } from "../profiles/ProfilesView";
import { Importing } from "./Importing";

const OFFER: ImportOffer = {
  upload: { enabled: true, reason: null },
  ssh: { enabled: true, reason: null },
  record: { enabled: false, reason: "Recording is off." },
  fleet: false,
  hosts: [{ alias: "beacon", host: "10.0.0.9", port: 22, user: "devops" }],
  maxSeconds: 600,
  maxBytes: 1000,
};
const JOB: Job = { ...ANY_JOB, id: "j1", source: "beacon 'node'" };

const FACTS = { user: "devops", cpu: 5, runtime: "node", map: "absent" } as const;
const COMMANDS = { commands: ["pgrep -f -- node", "perf record -F 99 -p PID"] };

/** A server that has one job at a time. */
const server = { offer: OFFER, jobs: [] as Job[], next: {} as Partial<Job>, asked: [] as [string, unknown][] };

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  Object.assign(server, { offer: OFFER, jobs: [], next: {}, asked: [] });
  vi.stubGlobal("fetch", (url: string, { method = "GET", body }: { method?: string; body?: string }) => {
    if (method !== "GET" && url !== "import/commands") server.asked.push([`${method} ${url}`, body === undefined ? undefined : JSON.parse(body)]);
    return Promise.resolve(answerTo(url, method));
  });
});

function answerTo(url: string, method: string): Response {
  if (url === "format/") return Response.json(FORMATS);
  if (url === "import/hosts") return Response.json(server.offer);
  if (url === "profile/") return Response.json([{ filename: "a.perf", type: "perf" }]);
  if (url === "import/commands") return Response.json(COMMANDS);
  if (url.endsWith("/finish")) return Response.json(server.jobs[0]);
  if (method === "POST") {
    const job = { ...JOB, id: `j${server.asked.length}`, ...server.next };
    server.jobs = [job];
    return Response.json(job, { status: 202 });
  }
  if (method === "DELETE" && url.startsWith("profile/")) return new Response(null, { status: 204 });
  return Response.json(server.jobs);
}

function Where() {
  const { pathname, search } = useLocation();
  return <output data-testid="where">{pathname + search}</output>;
}

function open() {
  const ui = (
    <MantineProvider env="test">
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter>
          <Importing>
            <ProfilesView />
            <Where />
          </Importing>
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
  render(ui);
  return userEvent.setup();
}

async function record(user: ReturnType<typeof userEvent.setup>) {
  await user.click(await screen.findByTestId("capture-ssh"));
  await user.type(await screen.findByTestId("field-host"), "beacon");
  await user.type(screen.getByTestId("field-pgrep"), "my node");
  await user.click(screen.getByTestId("start"));
}
const asked = (start: string) => server.asked.filter(([what]) => what.startsWith(start)).map(([, body]) => body);

describe("a recording over SSH", () => {
  it("is asked for with what the form says, and opens its profile when done", async () => {
    server.next = { state: "done", step: "done", filename: "a.perf" };
    const user = open();
    await record(user);
    expect(asked("POST")).toEqual([
      { host: "beacon", pgrep: "my node", frequency: 99, seconds: 60, callGraph: "fp", sudo: false },
    ]);
    await waitFor(() => expect(screen.getByTestId("where").textContent).toBe("/explore?file=a.perf"));
    expect(screen.queryByTestId("import-dialog")).toBeNull();
  });

  it("is not sent with mistakes: they are told at the fields", async () => {
    const user = open();
    await user.click(await screen.findByTestId("capture-ssh"));
    await user.click(await screen.findByTestId("start"));
    expect(screen.getByTestId("field-host").getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByTestId("field-pgrep").getAttribute("aria-invalid")).toBe("true");
    expect(server.asked).toEqual([]);
    await user.click(screen.getByText("Whole machine"));
    await user.type(screen.getByTestId("field-host"), "admin@10.0.0.7:2222");
    await user.click(screen.getByTestId("start"));
    expect(asked("POST")[0]).toMatchObject({ host: "10.0.0.7", port: 2222, user: "admin", system: true });
  });

  it("asks about an unknown host, and goes on when it is trusted", async () => {
    const hostKey = { algorithm: "ssh-ed25519", fingerprint: "SHA256:abc", host: "beacon", port: 2222 };
    server.next = { state: "failed", error: "The host key of beacon is unknown.", hostKey };
    const user = open();
    await record(user);
    expect((await screen.findByTestId("host-key")).textContent).toContain("SHA256:abc");
    expect(screen.getByTestId("host-key-question").textContent).toContain("beacon port 2222");
    server.next = {};
    await user.click(screen.getByTestId("trust-host"));
    await waitFor(() => expect(screen.getByTestId("job-view").dataset.state).toBe("running"));
    expect(asked("POST")[1]).toMatchObject({ host: "beacon", pgrep: "my node", hostKey: "SHA256:abc" });
    expect(asked("DELETE import/j1")).toHaveLength(1);
  });

  it("offers the processes that match, as text", async () => {
    const processes = [
      { ...FACTS, pid: 12, command: "node <img src=x onerror=alert(1)>" },
      { ...FACTS, pid: 13, command: "node b" },
    ];
    server.next = { state: "failed", error: "2 processes match.", processes };
    const user = open();
    await record(user);
    const choices = await screen.findAllByTestId("process");
    expect(choices[0]!.textContent).toBe("12node <img src=x onerror=alert(1)>devops · 5 % CPU now · Node, no perf map");
    server.next = {};
    await user.click(choices[1]!);
    await waitFor(() => expect(asked("POST")[1]).toMatchObject({ host: "beacon", pid: 13 }));
    expect(asked("POST")[1]).not.toHaveProperty("pgrep");
  });

  it("refuses a host whose key has changed", async () => {
    const error = "The host key of beacon has changed: it now shows SHA256:x.";
    server.next = { state: "failed", error, code: "hostKeyChanged" };
    await record(open());
    expect((await screen.findByTestId("job-error")).textContent).toContain("has changed");
    expect(screen.getByTestId("host-key-changed")).toBeTruthy();
    expect(screen.queryByTestId("trust-host")).toBeNull();
  });

  it("says what perf said, and can be cancelled", async () => {
    server.next = { step: "recording", secondsLeft: 15, warnings: ["No perf map."] };
    const user = open();
    await record(user);
    expect((await screen.findByTestId("job-status")).textContent).toBe("Recording · 15 s left");
    expect(screen.getAllByTestId("job-progress").at(-1)?.dataset.fraction).toBe("0.75");
    expect(screen.getByTestId("job-warning").textContent).toBe("No perf map.");
    server.jobs = [{ ...server.jobs[0]!, state: "failed", error: "perf record failed on the host: <b>no</b>" }];
    await user.click(screen.getByTestId("job-cancel"));
    expect((await screen.findByTestId("job-error")).textContent).toContain("<b>no</b>");
    expect(asked("DELETE import/j1")).toHaveLength(1);
  });
});

describe("the corner", () => {
  it("has the jobs of the server after a reload, and leads back to one", async () => {
    server.jobs = [{ ...JOB, step: "recording", secondsLeft: 3 }];
    const user = open();
    expect((await screen.findByTestId("job-item")).dataset.step).toBe("recording");
    await user.click(screen.getByTestId("job-show"));
    expect((await screen.findByTestId("job-view")).dataset.id).toBe("j1");
  });

  it("refuses a file that is too large before it is sent", async () => {
    const sent = vi.spyOn(XMLHttpRequest.prototype, "send");
    const user = open();
    await screen.findByTestId("upload");
    await user.upload(screen.getByTestId("upload-input"), new File(["x".repeat(1001)], "big.perf"));
    expect((await screen.findByTestId("upload-error")).textContent).toContain("max_file_bytes");
    expect(sent).not.toHaveBeenCalled();
    sent.mockRestore();
  });
});

describe("recording here", () => {
  it("is not offered unless it is switched on", async () => {
    open();
    await screen.findByTestId("upload");
    expect(screen.queryByTestId("record-here")).toBeNull();
    expect(screen.queryByText("Recording is off.")).toBeNull();
  });

  it("shows its commands, and sends no host", async () => {
    server.offer = { ...OFFER, record: { enabled: true, reason: null } };
    const user = open();
    await user.click(await screen.findByTestId("record-here"));
    await user.type(await screen.findByTestId("field-pgrep"), "node");
    const lines = await screen.findAllByTestId("command");
    expect(lines.map(({ textContent }) => textContent)).toEqual(COMMANDS.commands);
    expect(screen.queryByTestId("field-host")).toBeNull();
    await user.click(screen.getByTestId("start"));
    await screen.findByTestId("job-view");
    expect(asked("POST import/record")[0]).toMatchObject({ pgrep: "node", frequency: 99, seconds: 60 });
    expect(asked("POST import/record")[0]).not.toHaveProperty("host");
  });

  it("is ended early, and kept", async () => {
    server.next = { kind: "record", step: "recording", secondsLeft: 15 };
    server.offer = { ...OFFER, record: { enabled: true, reason: null } };
    const user = open();
    await user.click(await screen.findByTestId("record-here"));
    await user.type(await screen.findByTestId("field-pgrep"), "node");
    await user.click(screen.getByTestId("start"));
    await user.click(await screen.findByTestId("job-finish"));
    await waitFor(() => expect(server.asked.some(([what]) => /^POST import\/j\d+\/finish$/.test(what))).toBe(true));
  });
});

describe("what is switched off", () => {
  it("tells what to do, and the rest behind a button", async () => {
    const reason = "SSH and recording need the printed address. It has the token.";
    server.offer = { ...OFFER, ssh: { enabled: false, reason } };
    const user = open();
    expect((await screen.findByTestId("not-offered")).textContent).toBe(reason.slice(0, reason.indexOf(" It has")));
    await user.click(screen.getByRole("button", { name: "Why" }));
    expect((await screen.findByTestId("not-offered-rest")).textContent).toBe("It has the token.");
  });

  it("is not offered, and says why", async () => {
    const off = { enabled: false, reason: "This server is read-only." };
    server.offer = { ...OFFER, upload: off, ssh: off };
    const user = open();
    expect((await screen.findByTestId("not-offered")).textContent).toBe("This server is read-only.");
    for (const way of ["upload", "import-ssh", "capture-ssh"]) expect(screen.queryByTestId(way)).toBeNull();
    fireEvent(window, dragging("dragenter"));
    expect(screen.getByTestId("drop-overlay").textContent).toContain("read-only");
    await user.click(screen.getByTestId("row-menu"));
    expect((await screen.findByTestId("delete")).hasAttribute("data-disabled")).toBe(true);
    expect(screen.getByTestId("download").hasAttribute("data-disabled")).toBe(false);
  });
});

describe("a profile", () => {
  it("is deleted after a question that names it", async () => {
    const user = open();
    await user.click(await screen.findByTestId("row-menu"));
    expect((await screen.findByTestId("download")).getAttribute("href")).toBe("profile/download?filename=a.perf");
    await user.click(screen.getByTestId("delete"));
    expect((await screen.findByRole("dialog")).textContent).toContain("a.perf");
    await user.click(screen.getByTestId("delete-confirm"));
    await waitFor(() => expect(server.asked).toEqual([["DELETE profile/?filename=a.perf", undefined]]));
  });
});

function dragging(type: string): Event {
  const event = new Event(type, { bubbles: true, cancelable: true });
  return Object.assign(event, { dataTransfer: { types: ["Files"], items: [], files: [] } });
}
