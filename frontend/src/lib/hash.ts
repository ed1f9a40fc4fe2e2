// FNV-1a over UTF-16 code units: stable from one visit to the next, so that a function keeps its
// colour and a link keeps its meaning. Not for security.

export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  // FNV's low bits are weak for short texts; a final mix spreads them.
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** The hash as a fraction of 1, for picking from a scale. */
export function hashFraction(text: string): number {
  return hash(text) / 0x1_0000_0000;
}
