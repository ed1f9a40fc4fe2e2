// Light or dark as the reader's system has it. The attribute is the one that the page's own styles go by.
import { useLayoutEffect, useState } from "react";
import type { Scheme } from "../types/scheme";

export function useScheme(): Scheme {
  const [dark] = useState(() => window.matchMedia("(prefers-color-scheme: dark)"));
  const [scheme, setScheme] = useState<Scheme>(dark.matches ? "dark" : "light");
  useLayoutEffect(() => {
    const changed = () => setScheme(dark.matches ? "dark" : "light");
    dark.addEventListener("change", changed);
    return () => dark.removeEventListener("change", changed);
  }, [dark]);
  useLayoutEffect(() => {
    document.documentElement.dataset.mantineColorScheme = scheme;
  }, [scheme]);
  return scheme;
}
