// Work for when the picture is on the screen.

/** Work of a drag waits no longer for an idle browser. */
const PATIENCE_MS = 50;

/**
 * Call back when the next frame is on the screen and nothing else is to be done, as the next picture of a drag is.
 *
 * @returns a function that calls it off
 */
export function whenIdleAfterFrame(callback: () => void): () => void {
  let stop = afterFrame(() => {
    // Not every browser has it.
    if (typeof requestIdleCallback === "undefined") return callback();
    const request = requestIdleCallback(callback, { timeout: PATIENCE_MS });
    stop = () => cancelIdleCallback(request);
    return undefined;
  });
  return () => stop();
}

/**
 * Call back in a task behind the next frame. That frame takes to the screen what was painted before.
 *
 * @returns a function that calls it off
 */
export function afterFrame(callback: () => void): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  const frame = requestAnimationFrame(() => port2.postMessage(undefined));
  return () => {
    cancelAnimationFrame(frame);
    port1.close();
  };
}
