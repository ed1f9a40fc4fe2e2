// One way to ask the server. Addresses are relative to the page, so that the whole works below any
// path of a reverse proxy; every error becomes an ApiError that carries the server's own sentence.

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export class ApiError extends Error {
  /** HTTP status, or 0 where no answer came. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
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
export async function getJson<Answer>(url: string, signal: AbortSignal): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError("The server does not answer. Is it still running?", 0);
  }
  if (!response.ok) throw new ApiError(await sentenceOf(response), response.status);
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError("The server's answer was cut off. Try again.", response.status);
  }
}

async function sentenceOf(response: Response): Promise<string> {
  try {
    const body: unknown = await response.json();
    if (typeof body === "object" && body !== null && "error" in body && typeof body.error === "string") {
      return body.error;
    }
  } catch {
    // Not JSON: something between us and the server answered.
  }
  return `The server answered ${response.status} ${response.statusText}`.trim() + ".";
}
