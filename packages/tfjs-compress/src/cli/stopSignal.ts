/**
 * Aborted by Ctrl-C, or when the process is asked to end. The second Ctrl-C ends it at
 * once.
 *
 * @param onStop Called before, to say what happens now.
 */
export function stopSignal(onStop: () => void): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    onStop();
    controller.abort(new Error('stopped'));
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, stop);
  const dispose = () => {
    for (const name of signals) process.off(name, stop);
    // Without Redis, BullMQ's timers would keep the process for ever. Of one that ends by
    // itself, nothing is left to do this.
    if (controller.signal.aborted) setTimeout(() => process.exit(), 1000).unref();
  };
  return { signal: controller.signal, dispose };
}
