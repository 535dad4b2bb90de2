import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import type { ChannelFit, ChannelMoments } from './ChannelFit.js';
import type { Step, Trace } from './traceGraph.js';
import { read, write } from './variables.js';

/** A BatchNormalization layer's weights, as far as they are looked at here. */
export interface Normalization extends layers.Layer {
  /** Keras writes a list of one. */
  axis: number | number[];
  epsilon: number;
  gamma?: LayerVariable;
  beta?: LayerVariable;
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

/**
 * Writes what was fitted into a normalization. Where it has a scale and a shift, its
 * moving averages change as those of its inputs did.
 *
 * @param original The inputs as they were.
 * @param scales By which the inputs have to be multiplied to be what they were.
 */
export async function normalizeBy(
  layer: Normalization,
  { given, slopes, difference }: ChannelFit,
  original: ChannelMoments,
  scales: ArrayLike<number>,
): Promise<void> {
  const { gamma, beta, movingMean, movingVariance, epsilon } = layer;
  const [means, variances] = [await read(movingMean), await read(movingVariance)];
  const ratios = original.variance.map((variance, c) => given.variance[c] / (variance * scales[c] ** 2));
  const newVariances = variances.map((variance, c) =>
    gamma && ratios[c] > 0 && Number.isFinite(ratios[c])
      ? variance * ratios[c]
      : Math.max(0, (variance + epsilon) / slopes[c] ** 2 - epsilon),
  );
  const newMeans = means.map((mean, c) => mean + (beta ? given.mean[c] - original.mean[c] : difference[c]) / scales[c]);
  write(movingMean, newMeans);
  write(movingVariance, newVariances);
  const gammas = gamma ? await read(gamma) : means.map(() => 1);
  // γ / sqrt(variance + ε) becomes as many times larger as the slope says.
  const newGammas = gammas.map(
    (value, c) => value * slopes[c] * Math.sqrt((newVariances[c] + epsilon) / (variances[c] + epsilon)),
  );
  if (gamma) write(gamma, newGammas);
  if (!beta) return;
  const betas = await read(beta);
  write(
    beta,
    betas.map((value, c) => {
      const shift = newMeans[c] - means[c] - difference[c] / scales[c];
      return value + (newGammas[c] * shift) / Math.sqrt(newVariances[c] + epsilon);
    }),
  );
}

/**
 * What a change of a normalization's outputs is of its inputs, by channel; 0 where it has
 * none.
 */
export async function inverseSlopes({ gamma, movingVariance, epsilon }: Normalization): Promise<Float32Array> {
  const variances = await read(movingVariance);
  const gammas = gamma ? await read(gamma) : variances.map(() => 1);
  const least = 1e-4 * gammas.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return gammas.map((value, c) => (Math.abs(value) > least ? Math.sqrt(variances[c] + epsilon) / value : 0));
}

/** How much the outputs of a normalization change with its inputs, squared. */
export async function importanceOf({ gamma, movingVariance, epsilon }: Normalization): Promise<Float64Array> {
  const variances = await read(movingVariance);
  return Float64Array.from(await read(gamma!), (value, c) => value ** 2 / (variances[c] + epsilon));
}

function uses(steps: Step[], layer: layers.Layer): number {
  return steps.filter((step) => step.layer === layer).length;
}
