import type { Control } from './Control.js';

/** Before so many steps a guess would be worth nothing. */
const fewest = 20;

/**
 * How long a run takes still, from what its steps have taken, epoch ends included and
 * pauses left out.
 */
export class Estimate {
  readonly #steps: number;
  readonly #control: Control;
  #first: { done: number; at: number } | undefined;
  #latest = 0;

  constructor(steps: number, control: Control) {
    this.#steps = steps;
    this.#control = control;
  }

  step(done: number): void {
    this.#latest = done;
    this.#first ??= { done, at: this.#now() };
  }

  get secondsLeft(): number | null {
    if (!this.#first || this.#latest - this.#first.done < fewest) return null;
    const perStep = (this.#now() - this.#first.at) / (this.#latest - this.#first.done);
    return (perStep * (this.#steps - this.#latest)) / 1000;
  }

  #now(): number {
    return performance.now() - this.#control.pausedMs;
  }
}
