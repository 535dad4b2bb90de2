import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { Inputs } from './Flow.js';
import { patches } from './patches.js';
import type { Trace } from './traceGraph.js';

/**
 * The values that are added to what a step computes, if an Add layer alone reads that,
 * after all normalizations and nothing else.
 *
 * @param step Of a layer that adds up products, without an activation.
 */
export function summandsBeside(trace: Trace, step: number): number[] {
  const { steps, lastUse } = trace;
  const { layer, outputs } = steps[step];
  if (!isLinear(layer) || outputs.length !== 1) return [];
  const [value] = outputs;
  const readers = [...steps.keys()].filter((s) => steps[s].inputs.includes(value));
  if (readers.length !== 1 || lastUse[value] === steps.length) return [];
  const reader = steps[readers[0]];
  if (reader.layer.getClassName() === 'BatchNormalization') return summandsBeside(trace, readers[0]);
  if (reader.layer.getClassName() !== 'Add') return [];
  const others = reader.inputs.filter((each) => each !== value);
  return others.length === reader.inputs.length - 1 ? others : [];
}

function isLinear(layer: layers.Layer): boolean {
  const { activation, dataFormat } = layer as unknown as {
    dataFormat?: string;
    activation?: { getClassName(): string };
  };
  return dataFormat !== 'channelsFirst' && (!activation || activation.getClassName() === 'linear');
}

/**
 * By how much the other summands of a sum are too small at present, which a layer that is
 * compressed after them can make up for.
 *
 * @returns undefined where not all of them are known yet, or they have another shape.
 */
export function shortfallOf(summands: number[], inputs: Inputs, shape: (number | null)[]): tf.Tensor | undefined {
  const known = summands.map((value) => inputs.other(value)).filter((each) => each !== undefined);
  const fits = ({ now }: { now: tf.Tensor }) =>
    now.rank === shape.length && now.shape.every((size, d) => d === 0 || shape[d] === null || size === shape[d]);
  if (known.length === 0 || known.length < summands.length || !known.every(fits)) return undefined;
  return tf.tidy(() => tf.addN(known.map(({ before, now }) => tf.sub(before, now))));
}

/** At the positions at which kernelInputs() takes the inputs. [positions, channels] */
export function shortfallRows(shortfall: tf.Tensor, most: number, seed: number): tf.Tensor2D {
  const spatial = shortfall.rank > 2 ? shortfall : tf.reshape(shortfall, [1, ...shortfall.shape]);
  const ones = spatial.shape.slice(1, -1).map(() => 1);
  const window = { kernelSize: ones, strides: ones, dilation: ones, padding: 'valid' } as const;
  return patches(spatial, window, most, seed)[0] as tf.Tensor2D;
}
