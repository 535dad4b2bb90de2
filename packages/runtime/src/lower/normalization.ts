import type { Layer, Weight } from '../graph/Graph.js';
import * as Binary from '../program/Binary.js';
import type { Lower, Lowerings } from '../program/Builder.js';
import * as Op from '../program/Op.js';
import { f } from '../program/Operation.js';
import { isPlanar, rowStrides, sizeOf, spanOf, wholeVectors } from '../program/Value.js';
import { permuted } from './geometry.js';

/** The normalization of an inference as y = factors x + summands, for each channel. */
function coefficients({ config, weights }: Layer): { factors: () => Float32Array; summands: () => Float32Array } {
  const { gamma, beta, movingMean, movingVariance } = weights;
  const epsilon = config.epsilon ?? 1e-3;
  const factors = (): Float32Array =>
    movingVariance.values.map((variance, i) => (gamma?.values[i] ?? 1) / Math.sqrt(variance + epsilon));
  const summands = (): Float32Array => {
    const scale = factors();
    return movingMean.values.map((mean, i) => (beta?.values[i] ?? 0) - mean * scale[i]);
  };
  return { factors, summands };
}

const batchNormalization: Lower = (b, layer, [x]) => {
  const rank = x.shape.length;
  // Keras writes a list of one.
  const [axis]: number[] = [layer.config.axis ?? -1].flat();
  const along = axis < 0 ? axis + rank : axis;
  const { length } = layer.weights.movingMean.values;
  if (x.shape[along] !== length)
    throw new Error(`expected ${length} elements along axis ${axis}, received the shape [${x.shape}].`);
  const { factors, summands } = coefficients(layer);
  const owner: Weight = layer.weights.movingVariance;
  const [factor, summand] = [
    b.constant({ owner, name: 'factors', make: factors }),
    b.constant({ owner, name: 'summands', make: summands }),
  ];
  if (along === rank - 1 && sizeOf(x.shape) > length && isPlanar(x)) {
    const span = wholeVectors(spanOf(x.shape.slice(0, -1), x.strides.slice(0, -1)));
    const y = b.strided(x.shape, [...x.strides.slice(0, -1), span]);
    const limits = [f(-Infinity), f(Infinity)];
    b.op(Op.scale, x, y, length, span / 16, x.strides[along], span, factor, summand, ...limits);
    return y;
  }
  const shape = x.shape.map((size, i) => (i === along ? size : 1));
  const strides = rowStrides(shape);
  const scaled = b.binary(Binary.multiply, x, { ...factor, shape, strides });
  return b.binary(Binary.add, scaled, { ...summand, shape, strides });
};

/**
 * tfjs takes the weights in the order of the input's dimensions, whatever the order of
 * the axes.
 */
const layerNormalization: Lower = (b, { config, weights }, [x]) => {
  const rank = x.shape.length;
  const axes = [config.axis ?? -1].flat().map((axis: number) => (axis < 0 ? axis + rank : axis));
  axes.sort((p, q) => p - q);
  if (axes.length === 0 || !axes.every((axis, i) => axis in x.shape && axis !== axes[i - 1])) {
    throw new Error(`axis: expected different ones of ${rank} dimensions, received ${JSON.stringify(config.axis)}.`);
  }
  const order = [...x.shape.keys()].filter((i) => !axes.includes(i)).concat(axes);
  const rows = b.rows(permuted(b, x, order));
  const width = sizeOf(axes.map((axis) => x.shape[axis]));
  const { gamma, beta } = weights;
  for (const weight of [gamma, beta]) {
    if (weight && weight.values.length !== width) {
      throw new Error(`expected weights for ${width} elements, received ${weight.values.length}.`);
    }
  }
  const y = b.value(rows.shape);
  const [scale, offset] = [gamma, beta].map((weight) => (weight ? b.constant(weight.values) : 0));
  b.op(Op.normalize, rows, y, sizeOf(x.shape) / width, width, scale, offset, f(config.epsilon ?? 1e-3));
  return permuted(
    b,
    y,
    [...x.shape.keys()].map((i) => order.indexOf(i)),
  );
};

export const normalizations: Lowerings = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
};
