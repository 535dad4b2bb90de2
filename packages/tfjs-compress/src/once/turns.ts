import type { Steps } from '@tfjs-compress/math';

/** How long work goes on before the page has its turn, in milliseconds. */
const turn = 12;

/**
 * Lets a page draw and answer between pieces of work, and ends the work when it is asked
 * to.
 */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws The signal's reason. */
  async pause(): Promise<void> {
    if (performance.now() - this.#since > turn) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#since = performance.now();
    }
    this.#signal?.throwIfAborted();
  }

  async run<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await this.pause();
    }
  }
}
