// The answers to the requests of a drag. They bypass the queries (state/jobs/follower.ts), and only readers of `liveAnswer`
// render with them; readers of `laterAnswer` wait until the readers of `liveAnswer` have painted. After the drag its last answer stays until the answer at rest has arrived. An answer that another
// one contains, such as the breakdown in a flame graph, is taken from that one and saves a request with each move.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { whenIdleAfterFrame } from "../../lib/afterFrame";
import { Follower } from "./follower";
import { Signal } from "../signal";

/** Another follower whose answers contain these. */
export interface Carrier<Answer> extends Pick<Signal<unknown>, "subscribe"> {
  readonly newest: () => Answer | undefined;
}

export interface Following<Question> {
  /** Whether a range of the request still changes under the pointer. */
  readonly live: boolean;
  /** The signals that change then. */
  readonly signals: readonly Pick<Signal<unknown>, "subscribe">[];
  /** The request of that moment; undefined for none. */
  readonly request: () => Question | undefined;
}

export interface Followed<Answer> {
  /** The last answer of a drag, until the answer at rest has arrived. */
  readonly liveAnswer: Signal<Answer | undefined>;
  /** The same when its picture is on the screen, for whatever is beside that picture. */
  readonly laterAnswer: Signal<Answer | undefined>;
  /** During a drag: the range under the pointer is not answered yet. */
  readonly liveBehind: Signal<boolean>;
}

/**
 * @param rested whether the answer after the drag has arrived
 * @param carrier contains the answers, so that nothing is requested
 */
export function useFollowed<Question, Answer>(
  { live, signals, request }: Following<Question>,
  fetch: (question: Question, signal: AbortSignal) => Promise<Answer>,
  rested: boolean,
  carrier?: Carrier<Answer>,
): Followed<Answer> {
  const [liveAnswer] = useState(() => new Signal<Answer | undefined>(undefined));
  const [laterAnswer] = useState(() => new Signal<Answer | undefined>(undefined));
  const [liveBehind] = useState(() => new Signal(false));
  const waiting = useRef<() => void>(undefined);
  const latest = useRef({ request, signals, fetch, carrier });
  useLayoutEffect(() => {
    latest.current = { request, signals, fetch, carrier };
  });
  const carried = carrier !== undefined;
  useLayoutEffect(() => {
    if (!live) return;
    if (carried) {
      return latest.current.carrier?.subscribe(() => {
        const answer = latest.current.carrier?.newest();
        if (answer) for (const signal of [liveAnswer, laterAnswer]) signal.set(answer);
      });
    }
    const follower = new Follower<Question, Answer>({
      fetch: latest.current.fetch,
      onAnswer: (answer) => {
        liveAnswer.set(answer);
        // Behind the rendering that this has begun, so that its painting comes before.
        queueMicrotask(() => {
          // One that waits already takes this answer, too.
          waiting.current ??= whenIdleAfterFrame(() => {
            waiting.current = undefined;
            laterAnswer.set(liveAnswer.value);
          });
        });
      },
      onBehind: liveBehind.set,
    });
    const ask = () => {
      const wanted = latest.current.request();
      if (wanted) follower.ask(wanted);
    };
    ask();
    const ends = latest.current.signals.map(({ subscribe }) => subscribe(ask));
    return () => {
      for (const end of ends) end();
      follower.stop();
    };
  }, [live, carried, liveAnswer, laterAnswer, liveBehind]);
  useEffect(() => {
    if (live || !rested) return;
    waiting.current?.();
    waiting.current = undefined;
    for (const signal of [liveAnswer, laterAnswer]) signal.set(undefined);
  }, [live, rested, liveAnswer, laterAnswer]);
  return { liveAnswer, laterAnswer, liveBehind };
}
