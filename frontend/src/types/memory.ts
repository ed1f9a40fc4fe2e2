// What this browser remembers of the explorer, and nobody else.

/** The explorer as it stood: `query` is its part of the address, without a name. */
interface Remembered {
  readonly file: string;
  readonly type: string;
  readonly query: string;
}

/** A view that somebody gave a name; the name is unique among those of a profile. */
export interface SavedView extends Remembered {
  readonly name: string;
}

export interface RecentProfile extends Remembered {
  /** When it was looked at last, in milliseconds since 1970. */
  readonly at: number;
}
