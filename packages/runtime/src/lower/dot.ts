import * as Binary from '../program/Binary.js';
import type { Builder, Lower } from '../program/Builder.js';
import * as Op from '../program/Op.js';
import * as Unary from '../program/Unary.js';
import type { Value } from '../program/Value.js';

/** tfjs's epsilon() on all backends but WebGL with half precision. */
const EPSILON = 1e-7;

/** Products of two inputs of rank 2 or 3 along one axis of each. */
export const dot: Lower = (b, { config }, inputs) => {
  if (inputs.length !== 2) throw new Error(`expected two inputs, received ${inputs.length}.`);
  const axes: number[] = inputs.map(({ shape: { length } }, i) => {
    if (length !== 2 && length !== 3) throw new Error(`expected inputs of rank 2 or 3, received rank ${length}.`);
    const axis: unknown = Array.isArray(config.axes) ? config.axes[i] : config.axes;
    if (!Number.isInteger(axis)) throw new Error(`axes: expected integers, received ${JSON.stringify(config.axes)}.`);
    const along = (axis as number) < 0 ? (axis as number) + length : (axis as number);
    if (along < 1 || along >= length)
      throw new Error(`axes: expected 1 or 2 in inputs of rank ${length}, received ${axis}.`);
    return along;
  });
  const [x, z] = inputs.map((v, i) => (config.normalize ? normalized(b, v, axes[i]) : v));
  const depth = x.shape[axes[0]];
  if (z.shape[axes[1]] !== depth) throw new Error(`the shapes [${x.shape}] and [${z.shape}] do not fit together.`);
  if (z.shape[0] !== x.shape[0])
    throw new Error(`expected the same batch of both, received ${x.shape[0]} and ${z.shape[0]}.`);
  // The dimension of each that stays, if it has one: axis 1 of 2, or 2 of 1.
  const others = [x, z].map((v, i) => (v.shape.length === 3 ? 3 - axes[i] : undefined));
  const [m, n] = others.map((other, i) => (other ? [x, z][i].shape[other] : 1));
  const batch = x.shape[0];
  const y = b.value([batch, m, n]);
  const stride = (v: Value, axis: number | undefined): number => (axis === undefined ? 0 : v.strides[axis]);
  b.op(
    Op.matMul,
    x,
    z,
    y,
    batch,
    m,
    n,
    depth,
    x.strides[0],
    stride(x, others[0]),
    x.strides[axes[0]],
    z.strides[0],
    z.strides[axes[1]],
    stride(z, others[1]),
    ...y.strides,
  );
  const kept = [m, n].filter((_, i) => others[i] !== undefined);
  return b.reshape(y, [batch, ...(kept.length > 0 ? kept : [1])]);
};

/** Divided by the L2 norm along an axis. */
function normalized(b: Builder, v: Value, axis: number): Value {
  const squares = b.binary(Binary.multiply, v, v);
  const shape = v.shape.map((size, i) => (i === axis ? 1 : size));
  const sums = b.value(shape);
  const staying = shape.flatMap((size, i) => (i === axis ? [] : [size, squares.strides[i], sums.strides[i]]));
  b.op(Op.reduce, 2, squares, sums, staying.length / 3, ...staying, 1, v.shape[axis], squares.strides[axis]);
  const norms = b.unary(Unary.rsqrt, b.unary(Unary.clamp, sums, EPSILON, Infinity));
  return b.binary(Binary.multiply, v, norms);
}
