// Requests the range under a moving pointer, one request at a time. When an answer arrives, the newest range is
// requested before the answer is drawn. Two requests at a time were no faster with a small profile, and half as fast
// with a large one, since they wait for each other in the server. When the pointer rests, a stale request is aborted.
// If every move aborted the one before, a slow server would never answer during a drag.

/** A resting pointer waits no longer than this for a stale answer. */
const PATIENCE_MS = 150;

interface FollowerOptions<Question, Answer> {
  readonly fetch: (question: Question, signal: AbortSignal) => Promise<Answer>;
  readonly onAnswer: (answer: Answer) => void;
  /** Whether the newest question is not answered yet. */
  readonly onBehind: (isBehind: boolean) => void;
}

export class Follower<Question, Answer> {
  readonly #options: FollowerOptions<Question, Answer>;
  #newest: Question | undefined;
  #key = "";
  #waiting = false;
  #underWay: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FollowerOptions<Question, Answer>) {
    this.#options = options;
  }

  ask(question: Question): void {
    const key = JSON.stringify(question);
    if (key === this.#key) return;
    this.#key = key;
    this.#newest = question;
    this.#options.onBehind(true);
    clearTimeout(this.#timer);
    if (!this.#underWay) {
      this.#send();
      return;
    }
    this.#waiting = true;
    this.#timer = setTimeout(() => {
      this.#abort();
      this.#send();
    }, PATIENCE_MS);
  }

  /** Nothing is answered after this. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = false;
    this.#abort();
    this.#options.onBehind(false);
  }

  #abort(): void {
    this.#underWay?.abort();
    this.#underWay = undefined;
  }

  #send(): void {
    this.#waiting = false;
    clearTimeout(this.#timer);
    const control = new AbortController();
    this.#underWay = control;
    this.#options.fetch(this.#newest!, control.signal).then(
      (answer) => this.#arrived(control, () => this.#options.onAnswer(answer)),
      // The old picture stays, marked as behind. The request is repeated at the end of the drag, which shows an
      // error.
      () => this.#arrived(control),
    );
  }

  #arrived(control: AbortController, show?: () => void): void {
    if (this.#underWay !== control) return;
    this.#underWay = undefined;
    const newest = !this.#waiting;
    // First, so that the server works while the page draws.
    if (this.#waiting) this.#send();
    if (!show) return;
    show();
    if (newest) this.#options.onBehind(false);
  }
}
