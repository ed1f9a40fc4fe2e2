// Requests to the server. Addresses are relative to the page, so that the page works below any path of a reverse
// proxy. Every error becomes an ApiError with the server's own sentence.
import { NO_CONTENT, RANGE_NOT_SATISFIABLE, SILENT } from "../lib/status";

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export const NO_ANSWER = "The server does not answer. Is it still running?";

export class ApiError extends Error {
  /** HTTP status, or 0 where no answer came. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** The HTTP status of an error: 0 where no answer came, undefined without an error of a request. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiError ? error.status : undefined;
}

/** "heatmap/" and {filename: "a b"} → "heatmap/?filename=a%20b". */
export function address(route: string, query: Query = {}): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as string | number];
    for (const one of values) parts.push(`${key}=${encodeURIComponent(String(one))}`);
  }
  return parts.length > 0 ? `${route}?${parts.join("&")}` : route;
}

/** GET as JSON. Throws ApiError; an abort by the signal passes through as it is. */
export function getJson<Answer>(url: string, signal: AbortSignal): Promise<Answer> {
  return ask(url, { signal });
}

/** GET as JSON, with the numbers in some headers of the answer, 0 where one is missing. Throws as getJson. */
export async function getJsonWith<Answer>(url: string, headers: readonly string[], signal: AbortSignal): Promise<readonly [Answer, ...number[]]> {
  const response = await reach(url, { signal });
  return [await jsonOf<Answer>(response, signal), ...headers.map((name) => Number(response.headers.get(name) ?? 0))];
}

/** Send a request that changes something. Return its answer, undefined for 204. Throws ApiError. */
export function send<Answer>(method: "POST" | "DELETE", url: string, body?: unknown): Promise<Answer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  return ask(url, { method, ...json });
}

/** Return the ETag at an address, "" where it has none. Throws as getJson. */
export async function getTag(url: string, signal: AbortSignal): Promise<string> {
  // Not through the browser's cache, which would revalidate by itself and hide a new tag.
  const response = await reach(url, { method: "HEAD", cache: "no-store", signal });
  return response.headers.get("ETag") ?? "";
}

async function ask<Answer>(url: string, options: RequestInit): Promise<Answer> {
  const response = await reach(url, options);
  return response.status === NO_CONTENT ? (undefined as Answer) : jsonOf(response, options.signal);
}

async function jsonOf<Answer>(response: Response, signal?: AbortSignal | null): Promise<Answer> {
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("The server's answer was cut off. Try again.", response.status);
  }
}

async function reach(url: string, options: RequestInit): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("Accept", "application/json");
  let response: Response;
  try {
    response = await fetch(url, { ...options, headers });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(NO_ANSWER, SILENT);
  }
  if (response.ok) return response;
  const sentence = await sentenceOf(response);
  // Chromium hands out the cached body where a 416 comes instead of a 304: that body is not an error.
  if (sentence === undefined && response.status === RANGE_NOT_SATISFIABLE && options.cache === undefined) {
    return reach(url, { ...options, cache: "no-store" });
  }
  throw new ApiError(sentence ?? `The server answered ${response.status} ${response.statusText}`.trim() + ".", response.status);
}

/** The server's own sentence in a body that was read as JSON. */
export function sentenceIn(body: unknown): string | undefined {
  const found = typeof body === "object" && body !== null && "error" in body;
  return found && typeof body.error === "string" ? body.error : undefined;
}

async function sentenceOf(response: Response): Promise<string | undefined> {
  try {
    return sentenceIn(await response.json());
  } catch {
    // Not JSON: something between us and the server answered.
    return undefined;
  }
}
