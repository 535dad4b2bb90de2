import * as Binary from '../program/Binary.js';
import type { Lower, Lowerings } from '../program/Builder.js';
import * as Unary from '../program/Unary.js';
import { rowStrides } from '../program/Value.js';

/** The advanced layers that an activation can be (see activations.ts). */
const advanced: Lower = (b, { className, config }, [x]) => b.activate(x, { className, config });

/**
 * max(x, 0) + alpha min(x, 0), alpha of the input's shape but for the batch and shared
 * axes.
 */
const prelu: Lower = (b, { weights: { alpha } }, [x]) => {
  const slopes = { ...b.constant(alpha.values), shape: alpha.shape, strides: rowStrides(alpha.shape) };
  const below = b.unary(Unary.clamp, x, -Infinity, 0);
  return b.binary(Binary.add, b.unary(Unary.clamp, x, 0, Infinity), b.binary(Binary.multiply, below, slopes));
};

export const activations: Lowerings = {
  Activation: (b, { config }, [x]) => b.activate(x, config.activation),
  PReLU: prelu,
  ...Object.fromEntries(['ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU', 'Softmax'].map((name) => [name, advanced])),
};
