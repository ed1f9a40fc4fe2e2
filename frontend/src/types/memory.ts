// The explorer's state that only this browser stores.

/** The explorer as it stood: `query` is its part of the address, without a name. */
interface Remembered {
  readonly file: string;
  readonly type: string;
  readonly query: string;
}

/** A named view. The name is unique among the views of a profile. */
export interface SavedView extends Remembered {
  readonly name: string;
}

export interface RecentProfile extends Remembered {
  /** When it was looked at last, in milliseconds since 1970. */
  readonly at: number;
}
