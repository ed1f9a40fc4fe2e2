// Light or dark, as computed: the canvases need the answer, not the preference.
export type Scheme = "light" | "dark";
