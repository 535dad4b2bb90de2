import type { Layer } from '../graph/Graph.js';
import * as Binary from '../program/Binary.js';
import type { Builder, Lower } from '../program/Builder.js';
import * as Unary from '../program/Unary.js';
import type { Value } from '../program/Value.js';
import { output, recurrence } from './recurrent.js';

/** A layer or model at each step: the steps become examples of the batch. */
export const timeDistributed: Lower = (b, layer, [x], node) => {
  if (!layer.model && layer.inner.length !== 1) throw new Error('layer: expected one, received none.');
  if (x.shape.length < 3) throw new Error(`expected an input of rank 3 or more, received the shape [${x.shape}].`);
  const inside = layer.model?.nodes.map((each) => each.layer) ?? layer.inner;
  if (inside.some(({ config }) => config.stateful)) throw new Error('a stateful layer in it is not supported.');
  if (x.mask && inside.some(usesMask)) throw new Error('a layer in it that takes a mask is not supported.');
  const [batch, steps] = x.shape;
  const folded = fold(b, x);
  const outputs = layer.model ? b.apply(layer.model, [folded]) : b.lower(layer.inner[0], [folded], node);
  if (outputs.length !== 1) throw new Error(`expected one output of its layer, received ${outputs.length}.`);
  const [y] = outputs;
  if (y.shape[0] !== batch * steps) throw new Error('expected its layer to keep the batch.');
  const [stride, ...strides] = y.strides;
  return b.view(y, { shape: [batch, steps, ...y.shape.slice(1)], strides: [stride * steps, stride, ...strides] });
};

const usesMask = ({ className, inner }: Layer): boolean =>
  /^(SimpleRNN|GRU|LSTM|ConvLSTM2D|RNN|Softmax)$/.test(className) || inner.some(usesMask);

/** [batch, steps, …] as [batch × steps, …], without a copy where the strides allow it. */
function fold(b: Builder, x: Value): Value {
  const [batch, steps, ...sizes] = x.shape;
  const even = batch === 1 || steps === 1 || x.strides[0] === steps * x.strides[1] ? x : b.rows(x);
  const [ofBatch, ofStep, ...strides] = even.strides;
  return b.view(even, { shape: [batch * steps, ...sizes], strides: [steps === 1 ? ofBatch : ofStep, ...strides] });
}

const merges: Record<string, (b: Builder, forward: Value, backward: Value) => Value> = {
  sum: (b, v, w) => b.binary(Binary.add, v, w),
  mul: (b, v, w) => b.binary(Binary.multiply, v, w),
  ave: (b, v, w) => b.unary(Unary.affine, b.binary(Binary.add, v, w), 0.5),
};

/**
 * A recurrent layer in both directions. Its initial states are those of the forward, then
 * those of the backward layer.
 */
export const bidirectional: Lower = (b, layer, [x, ...initial], node) => {
  const { mergeMode = 'concat' } = layer.config;
  if (layer.inner.length !== 2) throw new Error('layer: expected one, received none.');
  const { dataFormat, returnState } = layer.inner[0].config;
  if (dataFormat === 'channelsFirst') throw new Error('a layer with dataFormat channelsFirst in it is not supported.');
  if (initial.length % 2 > 0)
    throw new Error(`expected initial states for both directions, received ${initial.length}.`);
  let both: Value | undefined;
  const runs = layer.inner.map((inner, i) => {
    const states = initial.slice((i * initial.length) / 2, ((i + 1) * initial.length) / 2);
    const into = (shape: number[]): Value => {
      const units = shape.at(-1)!;
      both ??= output(b, [...shape.slice(0, -1), 2 * units]);
      return b.view(both, { offset: i * units * both.strides.at(-1)!, shape });
    };
    return recurrence(b, inner, [x, ...states], node, {
      isBackwards: !!inner.config.goBackwards,
      isReversed: i === 1,
      ...(mergeMode === 'concat' && { into }),
    });
  });
  const outputs = runs.map((run) => run.output);
  const states = returnState ? runs.flatMap((run) => run.states) : [];
  if (mergeMode === 'concat') return [both!, ...states];
  if (mergeMode === null) return [...outputs, ...states];
  if (!Object.hasOwn(merges, mergeMode)) throw new Error(`mergeMode: '${mergeMode}' is not supported.`);
  return [merges[mergeMode](b, outputs[0], outputs[1]), ...states];
};
