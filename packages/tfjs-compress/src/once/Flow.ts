import * as tf from '@tensorflow/tfjs-core';
import type { Step, Trace } from './traceGraph.js';

/** What a layer computes, in the model as it was and as it is now. */
interface Value {
  before: Output;
  now: Output;
}
interface Output {
  tensor: tf.Tensor;
  mask: tf.Tensor | null;
}
type Values = Map<number, Value>;

/**
 * Examples on their way through a model: a batch is in `values`, before the step `at`.
 */
interface Front {
  at: number;
  batches: Values[];
}

/** The inputs of one step, in both models. */
export interface Inputs {
  before: tf.Tensor[];
  now: tf.Tensor[];
  /** Another value that is there. */
  other(value: number): { before: tf.Tensor; now: tf.Tensor } | undefined;
}

/**
 * What a step's inputs are given to; `batch` counts from 0. They are gone when it is
 * done.
 */
export type Use = (step: number, inputs: Inputs, batch: number) => Promise<void>;

/** Bytes of values that may be kept for all examples, beside the examples. */
const budget = 2 ** 29;

/**
 * Runs the examples through the layers of a model as it was and as it is, side by side,
 * as far as is asked for, batch by batch. Of a place that all weights before it have
 * their last values it keeps what the later layers need, if that is not much, and goes on
 * from there: so a layer is computed a few times instead of once for each layer after it.
 */
export class Flow {
  readonly #trace: Trace;
  readonly #original: Trace;
  readonly #examples: tf.Tensor[];
  readonly #batchSize: number;
  readonly count: number;
  /** Bytes of each value for one example, of both models. */
  readonly #bytes: number[] = [];
  #front: Front = { at: 0, batches: [] };

  /**
   * @param trace Of the model as it is.
   * @param original Of the model as it was, with the same steps.
   * @param examples One tensor for each input, with examples along the first axis.
   */
  constructor(trace: Trace, original: Trace, examples: tf.Tensor[], batchSize: number) {
    this.#trace = trace;
    this.#original = original;
    this.#examples = examples;
    this.#batchSize = batchSize;
    this.count = Math.ceil(examples[0].shape[0] / batchSize);
  }

  /** Learns how large the values are, which tells where to go on from. */
  async measure(): Promise<void> {
    await this.#run(0, [this.#trace.steps.length], { at: 0, batches: [] }, async () => {});
  }

  /**
   * Computes all that comes before the last of `steps` and gives the inputs of each to
   * `use`.
   *
   * @param steps In increasing order. The weights of all layers before the first of them
   *   must have their last values.
   * @param between Is awaited after each batch.
   */
  async visit(steps: number[], use: Use, between: () => Promise<void>): Promise<void> {
    const next: Front = { at: this.#placeBefore(steps[0]), batches: [] };
    const isSame = next.at === this.#front.at;
    try {
      for (let batch = 0; batch < this.count; batch++) {
        await this.#run(batch, steps, next, use);
        await between();
      }
    } finally {
      // Also after an error: what was kept is in one of the two.
      if (!isSame) {
        const whole = next.batches.length === this.count;
        const [stays, goes] = whole ? [next, this.#front] : [this.#front, next];
        const kept = new Set(stays.batches.flatMap((values) => [...values.values()].flatMap(tensorsOf)));
        for (const values of goes.batches)
          for (const value of values.values()) for (const each of tensorsOf(value)) if (!kept.has(each)) each.dispose();
        this.#front = stays;
      }
    }
  }

  dispose(): void {
    for (const values of this.#front.batches)
      for (const value of values.values()) for (const each of tensorsOf(value)) each.dispose();
    this.#front = { at: 0, batches: [] };
  }

  /** The latest place up to a step at which all examples fit into the budget. */
  #placeBefore(step: number): number {
    for (let at = step; at > this.#front.at; at--) {
      const bytes = this.#liveAt(at).reduce((sum, value) => sum + this.#bytes[value], 0);
      if (bytes * this.#examples[0].shape[0] <= budget) return at;
    }
    return this.#front.at;
  }

  /** The values that are there before a step and that it or a later one reads. */
  #liveAt(at: number): number[] {
    const { steps, inputs } = this.#trace;
    const there = [...inputs, ...steps.slice(0, at).flatMap(({ outputs }) => outputs)];
    // Also the model's outputs, where a layer reads them.
    const read = new Set(steps.slice(at).flatMap((step) => step.inputs));
    return there.filter((value) => read.has(value));
  }

  async #run(batch: number, steps: number[], next: Front, use: Use): Promise<void> {
    const { lastUse, steps: all } = this.#trace;
    const begin = this.#front.batches[batch] ?? this.#slice(batch);
    const isBorrowed = begin === this.#front.batches[batch];
    const values: Values = new Map(begin);
    /** Tensors that the front holds, or the next one. */
    const held = new Set(isBorrowed ? [...begin.values()].flatMap(tensorsOf) : []);
    const last = steps[steps.length - 1];
    try {
      for (let s = this.#front.at; ; s++) {
        if (s === next.at && s !== this.#front.at) {
          const live = new Map(this.#liveAt(s).map((value) => [value, values.get(value)!]));
          for (const value of live.values()) for (const each of tensorsOf(value)) held.add(each);
          next.batches.push(live);
        }
        if (s > last || s >= all.length) break;
        const step = all[s];
        if (steps.includes(s)) {
          const inputs = step.inputs.map((value) => values.get(value)!);
          const tensors = (which: 'before' | 'now') => inputs.map((value) => value[which].tensor);
          const other = (value: number) => {
            const found = values.get(value);
            return found && { before: found.before.tensor, now: found.now.tensor };
          };
          await use(s, { before: tensors('before'), now: tensors('now'), other }, batch);
        }
        if (s === last) break;
        const inputs = step.inputs.map((value) => values.get(value)!);
        const before = apply(
          this.#original.steps[s],
          inputs.map((value) => value.before),
        );
        const now = apply(
          step,
          inputs.map((value) => value.now),
        );
        for (const [i, value] of step.outputs.entries()) {
          values.set(value, { before: before[i], now: now[i] });
          const { tensor } = now[i];
          this.#bytes[value] = (8 * tensor.size) / Math.max(1, tensor.shape[0] ?? 1);
        }
        for (const value of [...step.inputs, ...step.outputs]) {
          const known = values.get(value);
          if (lastUse[value] > s || !known) continue;
          values.delete(value);
          for (const each of tensorsOf(known)) if (!held.has(each)) each.dispose();
        }
      }
    } finally {
      for (const value of values.values())
        for (const each of tensorsOf(value)) if (!held.has(each) && !each.isDisposed) each.dispose();
    }
  }

  #slice(batch: number): Values {
    const begin = batch * this.#batchSize;
    const values: Values = new Map();
    for (const [i, value] of this.#trace.inputs.entries()) {
      const { shape } = this.#examples[i];
      const size = Math.min(this.#batchSize, shape[0] - begin);
      const tensor = tf.slice(this.#examples[i], [begin, ...shape.slice(1).map(() => 0)], [size, ...shape.slice(1)]);
      values.set(value, { before: { tensor, mask: null }, now: { tensor: tf.clone(tensor), mask: null } });
      this.#bytes[value] = (8 * tensor.size) / size;
    }
    return values;
  }
}

function tensorsOf({ before, now }: Value): tf.Tensor[] {
  return [before, now].flatMap(({ tensor, mask }) => (mask ? [tensor, mask] : [tensor]));
}

/**
 * One layer, as tfjs's own executor calls it: with the mask of its first input, if any
 * has one.
 */
function apply({ layer, outputs }: Step, inputs: Output[]): Output[] {
  const tensors = inputs.map(({ tensor }) => tensor);
  const masks = inputs.map(({ mask }) => mask);
  const taken = new Set<tf.Tensor>([...tensors, ...masks.flatMap((mask) => mask ?? [])]);
  // A layer may give back what it was given, or one tensor twice (an LSTM's last output
  // is its state, too). As a tensor of its own, each can be disposed of by itself.
  const own = (tensor: tf.Tensor) => {
    if (taken.has(tensor)) return tf.clone(tensor);
    taken.add(tensor);
    return tensor;
  };
  let results: Output[] = [];
  tf.tidy(() => {
    const hasMask = masks.some((mask) => mask);
    const out = [layer.apply(tensors, hasMask ? { mask: masks[0] } : undefined)].flat() as tf.Tensor[];
    const mask = layer.supportsMasking ? [layer.computeMask(tensors, masks as tf.Tensor[])].flat()[0] : null;
    results = outputs.map((_, i) => ({ tensor: tf.keep(own(out[i])), mask: mask ? tf.keep(own(mask)) : null }));
  });
  return results;
}
