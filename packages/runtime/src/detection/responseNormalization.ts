import type { Layer } from '../graph/Graph.js';
import * as Binary from '../program/Binary.js';
import type { Lower } from '../program/Builder.js';
import { Matrix } from '../program/Matrix.js';
import * as Unary from '../program/Unary.js';

/** Sums over neighboring channels as a product with a matrix of bands, one a layer. */
const bands = new WeakMap<Layer, { matrix: Matrix; bias: Float32Array }>();

function bandsOf(layer: Layer, channels: number) {
  const { depthRadius = 2, bias = 1, alpha = 0.2 } = layer.config;
  const known = bands.get(layer);
  if (known?.matrix.rows === channels) return known;
  const values = new Float32Array(channels * channels);
  for (let i = 0; i < channels; i++) {
    const last = Math.min(channels - 1, i + depthRadius);
    for (let j = Math.max(0, i - depthRadius); j <= last; j++) values[i * channels + j] = alpha;
  }
  const made = { matrix: new Matrix(values, channels, channels), bias: new Float32Array(channels).fill(bias) };
  bands.set(layer, made);
  return made;
}

/** x (bias + alpha Σ x²)^-beta, the sum over channels at most depthRadius away. */
export const responseNormalization: Lower = (b, layer, [x]) => {
  const { matrix, bias } = bandsOf(layer, x.shape.at(-1)!);
  const planes = b.planar(x);
  const sums = b.product(b.binary(Binary.multiply, planes, planes), matrix, bias);
  return b.binary(Binary.multiply, planes, b.unary(Unary.power, sums, -(layer.config.beta ?? 0.75), 0, sums));
};
