// Units and indices as types: a bare number in a signature is a question. Brands exist only for the
// compiler; at run time these are plain numbers, so typed arrays of them cost nothing.

declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Seconds from the heatmap's first column (the whole second of the profile's first sample). */
export type Seconds = Branded<"Seconds">;
/** Pixels of the page's layout, not of the screen: multiply by the device pixel ratio to paint. */
export type CssPixels = Branded<"CssPixels">;
/** Index of a heatmap cell in time order: up the first column, then up the next. */
export type Tick = Branded<"Tick">;
/** Index of a node in a FlameTree; 0 is the root. */
export type NodeId = Branded<"NodeId">;
/** Index into a FlameTree's frame table. */
export type FrameId = Branded<"FrameId">;

/** first ≤ tick < end; not whole numbers where a range was made with other rows. */
export interface TickRange {
  readonly first: Tick;
  readonly end: Tick;
}

export const seconds = (value: number) => value as Seconds;
export const px = (value: number) => value as CssPixels;
export const tick = (value: number) => value as Tick;
export const nodeId = (value: number) => value as NodeId;
export const frameId = (value: number) => value as FrameId;

export const ROOT = 0 as NodeId;
