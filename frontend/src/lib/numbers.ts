// Binary search over sorted typed arrays.

/** First index in [from, to) where `reached` holds; `to` where it never does. `reached` must be monotonic. */
export function firstIndex(from: number, to: number, reached: (index: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
