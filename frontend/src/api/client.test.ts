import { afterEach, describe, expect, it, vi } from "vitest";
import { WHOLE_CUT } from "../types/explorer";
import { seconds } from "../types/units";
import { address, ApiError, getJson } from "./client";
import { fetchFlameGraph } from "./flamegraph";

afterEach(() => vi.unstubAllGlobals());

function answering(response: () => Response | Promise<Response>) {
  const fetched = vi.fn<(url: string) => Promise<Response>>(() => Promise.resolve().then(response));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}
const signal = () => new AbortController().signal;

describe("addresses", () => {
  it("are relative, so that a sub-path works, and percent-encoded", () => {
    expect(address("heatmap/", { filename: "sub/a b+c&d#?ä", rows: 50, start: undefined })).toBe(
      "heatmap/?filename=sub%2Fa%20b%2Bc%26d%23%3F%C3%A4&rows=50",
    );
    expect(address("x/", { drop: ["a", "b c"] })).toBe("x/?drop=a&drop=b%20c");
  });

  it("carry the range as the shortest decimals, and no filter where the server decides", async () => {
    const fetched = answering(() => Response.json({}));
    const range = { start: seconds(617 / 50), end: seconds(13.8) };
    await fetchFlameGraph({ filename: "f", type: "perf", range, cut: WHOLE_CUT, inverted: false }, signal());
    expect(fetched.mock.calls[0]?.[0]).toBe("flamegraph/?filename=f&type=perf&start=12.34&end=13.8&event=main&format=columns");
    await fetchFlameGraph({ filename: "f", type: "perf", range: undefined, cut: { ...WHOLE_CUT, filter: "none" }, inverted: false }, signal());
    expect(fetched.mock.calls[1]?.[0]).toBe("flamegraph/?filename=f&type=perf&filter=none&event=main&format=columns");
  });
});

describe("errors", () => {
  const failing = async () => {
    const error: unknown = await getJson("x", signal()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    return error as ApiError;
  };

  it("say what the server says", async () => {
    answering(() => Response.json({ error: "No such profile: x." }, { status: 404 }));
    expect(await failing()).toMatchObject({ message: "No such profile: x.", status: 404 });
  });

  it("say something where a proxy answers in HTML", async () => {
    answering(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    expect(await failing()).toMatchObject({ message: "The server answered 502 Bad Gateway.", status: 502 });
  });

  it("ask once more, past what the browser keeps, why a range is refused", async () => {
    const answers = [new Response("of before", { status: 416 }), Response.json({ error: "Not there." }, { status: 416 })];
    const fetched = answering(() => answers.shift()!);
    expect(await failing()).toMatchObject({ message: "Not there.", status: 416 });
    expect(fetched.mock.calls.map((call) => (call as unknown[])[1])).toMatchObject([{}, { cache: "no-store" }]);
  });

  it("do not ask again where the refusal has its sentence", async () => {
    const fetched = answering(() => Response.json({ error: "Not there." }, { status: 416 }));
    expect(await failing()).toMatchObject({ message: "Not there.", status: 416 });
    expect(fetched).toHaveBeenCalledOnce();
  });

  it("say so when no server answers, or the answer is cut off", async () => {
    answering(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await failing()).toMatchObject({ message: "The server does not answer. Is it still running?", status: 0 });
    answering(() => new Response('{"rows": ['));
    expect((await failing()).message).toContain("cut off");
  });

  it("let an abort through", async () => {
    const controller = new AbortController();
    const abort = new DOMException("aborted", "AbortError");
    answering(() => Promise.reject(abort));
    controller.abort();
    await expect(getJson("x", controller.signal)).rejects.toBe(abort);
  });
});
