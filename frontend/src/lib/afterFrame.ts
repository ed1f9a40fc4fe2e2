// Work for when the picture is on the screen.

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
