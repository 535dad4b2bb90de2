import { type Activation, elementwise, softmaxOf } from './activations.js';
import * as Binary from './Binary.js';
import type { Builder, ProductOptions } from './Builder.js';
import { halves, isHalf } from './halves.js';
import type { Matrix } from './Matrix.js';
import * as Op from './Op.js';
import { f, type Parameter } from './Operation.js';
import * as Unary from './Unary.js';
import { sameStrides, sizeOf, spanOf, type Value, wholeVectors } from './Value.js';

/** Builder.product: at one pixel a product with a vector, else with planes. */
export function product(
  b: Builder,
  v: Value,
  matrix: Matrix,
  bias: Float32Array | undefined,
  options: ProductOptions,
): Value {
  const pixels = v.shape.slice(0, -1);
  const channels = v.shape.at(-1)!;
  if (channels !== matrix.rows) throw new Error(`expected ${matrix.rows} input channels, received ${channels}.`);
  if (sizeOf(pixels) === 1) return vectorProduct(b, b.rows(v), matrix, bias, options);
  const x = b.planar(v);
  const step = x.strides.at(-1)!;
  const offsets = Uint32Array.from({ length: channels }, (_, channel) => channel * step);
  return planesProduct(b, x, offsets, pixels, x.strides.slice(0, -1), matrix, bias, options);
}

function vectorProduct(
  b: Builder,
  x: Value,
  matrix: Matrix,
  bias: Float32Array | undefined,
  { activation, add }: ProductOptions,
): Value {
  const y = b.value([...x.shape.slice(0, -1), matrix.columns]);
  let summand: Parameter = bias ? b.constant(bias) : 0;
  if (add) summand = b.rows(bias ? b.binary(Binary.add, add, b.tensor(bias, [bias.length])) : add);
  const { limits, rest } = fuse(activation);
  if (matrix.isSparse('vector') && matrix.fitsBlocks) {
    const { weights, indexes, blocks, count } = matrix.blocks();
    const parts = [weights, indexes, blocks].map((one) => b.constant(one));
    b.op(Op.sparseVector, x, y, ...parts, summand, count, ...limits);
  } else {
    const size = [matrix.rows, Math.ceil(matrix.columns / 4) * 4];
    const isShort = isHalf(matrix);
    const weights = b.constant(isShort ? halves(matrix) : matrix.padded());
    b.op(Op.denseVector, x, y, weights, summand, ...size, ...limits, isShort ? 1 : 0);
  }
  return b.activate(y, rest, true);
}

/**
 * The matrix by planes: output r at a pixel is Σ weight × what lies offsets[k] bytes from
 * x and the pixel's own offset. What lies between the rows of pixels is computed too, and
 * means nothing.
 *
 * @param pixels Sizes of the output but its channels.
 * @param strides Of these, bytes, in x and in the output.
 */
export function planesProduct(
  b: Builder,
  x: Value,
  offsets: Uint32Array,
  pixels: number[],
  strides: number[],
  matrix: Matrix,
  bias: Float32Array | undefined,
  { activation, add }: ProductOptions,
): Value {
  const bytes = wholeVectors(spanOf(pixels, strides));
  const y = b.strided([...pixels, matrix.columns], [...strides, bytes]);
  let summand: Parameter = 0;
  let addStride = 0;
  if (add) {
    let from = add;
    if (!sameStrides(pixels, add.strides, strides) || add.strides.at(-1)! < bytes) {
      from = b.strided(y.shape, y.strides);
      b.copy(add, from);
    }
    summand = from;
    addStride = from.strides.at(-1)!;
  }
  const { limits, rest } = fuse(activation);
  const tail = [bias ? b.constant(bias) : 0, summand, addStride, matrix.columns];
  const end = [bytes / 16, bytes, ...limits];
  if (matrix.isSparse('planes')) {
    const by = matrix.byOutputs(offsets);
    const [weights, places, counts] = [by.weights, by.offsets, by.counts].map((one) => b.constant(one));
    b.op(Op.sparseProduct, x, y, weights, places, counts, ...tail, ...end);
  } else {
    b.op(Op.denseProduct, x, y, b.constant(matrix.panels()), b.constant(offsets), ...tail, matrix.rows, ...end);
  }
  return b.activate(y, rest, true);
}

/** What of an activation the kernels do as they write: clamping. The rest comes after. */
export function fuse(activation: Activation): { limits: Parameter[]; rest: Activation } {
  if (!softmaxOf(activation)) {
    const { kind, a, b } = elementwise(activation);
    if (kind === Unary.clamp) return { limits: [f(a), f(b)], rest: undefined };
  }
  return { limits: [f(-Infinity), f(Infinity)], rest: activation };
}
