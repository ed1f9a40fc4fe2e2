// The formats that the server reads. They are fetched once, since only another server could have others.
import { useQuery } from "@tanstack/react-query";
import { fetchFormats } from "../api/profiles";
import type { Format } from "../types/wire";

const NONE: readonly Format[] = [];

/** Return the formats, none until the server has answered. */
export function useFormats(): readonly Format[] {
  return useQuery({ queryKey: ["formats"], queryFn: ({ signal }) => fetchFormats(signal), gcTime: Infinity }).data ?? NONE;
}
