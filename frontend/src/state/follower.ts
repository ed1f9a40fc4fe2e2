// Asks for what is under a pointer that moves. A few requests are under way at once, so that the server works
// on the next answer while the page draws the last; what is asked meanwhile waits, and only the newest of it
// is asked next. When the pointer rests, requests that nobody wants any more are aborted for it. Aborting at
// every move instead would leave a slow server answering nobody, and the screen frozen.

/** More would only wait for each other in the server, and an answer that is passed is work for nothing. */
export const AT_ONCE = 2;
/** A resting pointer waits no longer than this for answers that nobody wants any more. */
const PATIENCE_MS = 150;

interface UnderWay {
  readonly number: number;
  readonly control: AbortController;
}

interface FollowerOptions<Question, Answer> {
  readonly fetch: (question: Question, signal: AbortSignal) => Promise<Answer>;
  /** Gets answers in the order of their questions; those that a newer one has overtaken are dropped. */
  readonly onAnswer: (answer: Answer) => void;
  /** Whether the newest question is not answered yet. */
  readonly onBehind: (isBehind: boolean) => void;
}

export class Follower<Question, Answer> {
  readonly #options: FollowerOptions<Question, Answer>;
  #newest: Question | undefined;
  #key = "";
  #asked = 0;
  #answered = 0;
  #waiting = false;
  #underWay: UnderWay[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FollowerOptions<Question, Answer>) {
    this.#options = options;
  }

  ask(question: Question): void {
    const key = JSON.stringify(question);
    if (key === this.#key) return;
    this.#key = key;
    this.#newest = question;
    this.#asked += 1;
    this.#options.onBehind(true);
    clearTimeout(this.#timer);
    if (this.#underWay.length < AT_ONCE) {
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
    for (const { control } of this.#underWay) control.abort();
    this.#underWay = [];
  }

  #send(): void {
    this.#waiting = false;
    clearTimeout(this.#timer);
    const one: UnderWay = { number: this.#asked, control: new AbortController() };
    this.#underWay.push(one);
    const question = this.#newest!;
    this.#options.fetch(question, one.control.signal).then(
      (answer) => this.#arrived(one, () => this.#options.onAnswer(answer)),
      // The old picture stays, marked as behind: the question is asked again when the button is let go, and an
      // error is shown then.
      () => this.#arrived(one),
    );
  }

  #arrived(one: UnderWay, show?: () => void): void {
    if (!this.#underWay.includes(one)) return;
    this.#underWay = this.#underWay.filter((other) => other !== one);
    // First, so that the server works while the page draws.
    if (this.#waiting) this.#send();
    if (!show || one.number < this.#answered) return;
    this.#answered = one.number;
    show();
    if (one.number === this.#asked) this.#options.onBehind(false);
  }
}
