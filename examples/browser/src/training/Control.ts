/**
 * Pause, resume and stop, as buttons give them, for a training that asks at each batch.
 */
export class Control {
  readonly #stop = new AbortController();
  #gate: { open: () => void; opened: Promise<void> } | undefined;
  #pausedSince = 0;
  /** Milliseconds that the training stood still. */
  pausedMs = 0;

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  pause(): void {
    if (this.#gate || this.signal.aborted) return;
    const { promise, resolve } = withResolvers();
    this.#gate = { open: resolve, opened: promise };
    this.#pausedSince = performance.now();
  }

  resume(): void {
    if (!this.#gate) return;
    this.pausedMs += performance.now() - this.#pausedSince;
    this.#gate.open();
    this.#gate = undefined;
  }

  stop(): void {
    this.#stop.abort();
    this.resume();
  }

  /** Lets messages arrive, and waits while it is paused. */
  async turn(): Promise<void> {
    await nextTask();
    await this.#gate?.opened;
  }
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/**
 * After the messages that have arrived. Not a timer, which waits 4 ms, nor a frame, of
 * which a page in the background gets none.
 */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

function withResolvers() {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
