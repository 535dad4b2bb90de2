import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import type { Step, Trace } from './traceGraph.js';

/** A BatchNormalization layer's weights, as far as they are looked at here. */
export interface Normalization extends layers.Layer {
  /** Keras writes a list of one. */
  axis: number | number[];
  epsilon: number;
  gamma?: LayerVariable;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
}

export function isNormalization(layer: layers.Layer): layer is Normalization {
  return layer.getClassName() === 'BatchNormalization';
}

/**
 * The normalization that alone reads what a layer computes and that can take a scale for
 * each channel of it, if there is one.
 */
export function normalizationAfter(trace: Trace, at: number): Normalization | undefined {
  const { steps, lastUse } = trace;
  const { layer, outputs } = steps[at];
  const readers = steps.filter(({ inputs }) => inputs.includes(outputs[0]));
  if (readers.length !== 1 || lastUse[outputs[0]] === steps.length || outputs.length !== 1) return undefined;
  const next = readers[0].layer;
  if (!isNormalization(next) || !next.gamma || uses(steps, next) !== 1 || uses(steps, layer) !== 1) return undefined;
  const owner = layer as unknown as { dataFormat?: string; activation?: { getClassName(): string } };
  if (owner.activation && owner.activation.getClassName() !== 'linear') return undefined;
  const rank = layer.outputShape.length;
  return axisOf(next, rank) === (owner.dataFormat === 'channelsFirst' ? 1 : rank - 1) ? next : undefined;
}

export function axisOf(layer: Normalization, rank: number): number {
  const [axis] = [layer.axis].flat();
  return axis < 0 ? rank + axis : axis;
}

function uses(steps: Step[], layer: layers.Layer): number {
  return steps.filter((step) => step.layer === layer).length;
}
