// Chrome colours on canvases; the same greys as in views/app/app.css, which a canvas cannot read from
// the style sheet before it is applied.
import type { Scheme } from "../../types/scheme";

export interface Ink {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
}

export const INK: Readonly<Record<Scheme, Ink>> = {
  light: { text: "#1b1b1f", dim: "#63636e", line: "#c9c9d0" },
  dark: { text: "#e7e7ea", dim: "#a2a2ad", line: "#45454d" },
};

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
