import type { Builder, ProductOptions } from '../program/Builder.js';
import type { Matrix } from '../program/Matrix.js';
import * as Op from '../program/Op.js';
import { f } from '../program/Operation.js';
import { planesProduct } from '../program/product.js';
import { isPlanar, rowStrides, sizeOf, spanOf, type Value, wholeVectors } from '../program/Value.js';
import type { Axis } from './geometry.js';

/** Every index of a tensor of this shape, the last one changing fastest. */
function indices(shape: number[]): number[][] {
  let all: number[][] = [[]];
  for (const size of shape) all = all.flatMap((one) => Array.from({ length: size }, (_, i) => [...one, i]));
  return all;
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, one, i) => sum + one * b[i], 0);

/**
 * A convolution of x [batch, ..., channels]: the matrix [taps × channels][outputs] on
 * windows.
 *
 * Elements that a tap sees for adjacent outputs have to be adjacent. So x is copied
 * between zeros, one copy for each remainder of positions by the stride ("phase"); then a
 * tap is an offset into a phase. Rows follow one another so closely that the padding
 * behind a row is that in front of the next.
 */
export function slide(
  b: Builder,
  x: Value,
  axes: Axis[],
  matrix: Matrix,
  bias?: Float32Array,
  options: ProductOptions = {},
): Value {
  const channels = x.shape.at(-1)!;
  const taps = axes.map(({ kernel }) => kernel);
  if (matrix.rows !== sizeOf(taps) * channels) {
    throw new Error(`expected ${matrix.rows / sizeOf(taps)} input channels, received ${channels}.`);
  }
  for (const { out } of axes)
    if (out < 1) throw new Error(`an input of shape [${x.shape}] is too small for its kernel.`);
  const out = [x.shape[0], ...axes.map((axis) => axis.out)];
  const isWithin = axes.every(reachesNoPadding);
  const phases = axes.map(phasesOf);
  const isOneTap = sizeOf(taps) === 1;
  if (isWithin && (isOneTap || sizeOf(out) === 1 || sizeOf(phases.map(({ length }) => length)) === sizeOf(taps))) {
    return b.product(patches(b, x, axes), matrix, bias, options);
  }
  const padded =
    isWithin && phases.every((list) => list.length === 1) && axes.every(({ stride }) => stride === 1) && isPlanar(x);
  const source = padded ? { x, strides: x.strides, offsetOf: () => 0 } : spreadOut(b, x, axes, phases);
  const { strides, offsetOf } = source;
  const plane = strides.at(-1)!;
  const steps = strides.slice(1, -1);
  const offsets = new Uint32Array(matrix.rows);
  let at = 0;
  for (const tap of indices(taps)) {
    const places = tap.map((t, i) => t * axes[i].dilation);
    const shift = places.map((place, i) => Math.floor(place / axes[i].stride));
    const start = offsetOf(places.map((place, i) => place % axes[i].stride)) + dot(shift, steps);
    for (let channel = 0; channel < channels; channel++) offsets[at++] = start + channel * plane;
  }
  return planesProduct(b, source.x, offsets, out, strides.slice(0, -1), matrix, bias, options);
}

/** Whether all windows lie within the input. */
const reachesNoPadding = ({ before, spread, out, stride, kernel, dilation, ...axis }: Axis): boolean =>
  before === 0 && spread === 1 && (out - 1) * stride + (kernel - 1) * dilation < axis.in;

/** Remainders by the stride of the places that taps have. */
function phasesOf({ kernel, dilation, stride }: Axis): number[] {
  return [...new Set(Array.from({ length: kernel }, (_, tap) => (tap * dilation) % stride))];
}

/** The windows as channels: where no two share an element, or there is only one. */
function patches(b: Builder, x: Value, axes: Axis[]): Value {
  const [batch, ...steps] = x.strides;
  const channel = steps.pop()!;
  const windows = b.view(x, {
    shape: [x.shape[0], ...axes.map(({ out }) => out), ...axes.map(({ kernel }) => kernel), x.shape.at(-1)!],
    strides: [
      batch,
      ...axes.map(({ stride }, i) => stride * steps[i]),
      ...axes.map(({ dilation }, i) => dilation * steps[i]),
      channel,
    ],
  });
  const rank = axes.length + 1;
  const pixels = windows.shape.slice(0, rank);
  const inner = windows.shape.slice(rank);
  const y = b.value([...pixels, sizeOf(inner)], 'planes');
  if (sizeOf(inner) === inner.at(-1))
    return b.view(windows, { shape: y.shape, strides: [...windows.strides.slice(0, rank), channel] });
  const strides = [...y.strides.slice(0, rank), ...rowStrides(inner, y.strides.at(-1)!)];
  b.copy(windows, b.view(y, { shape: windows.shape, strides }));
  return y;
}

/**
 * What `slide` copies: strides of a plane's pixels and of planes, and where a phase
 * begins.
 */
function spreadOut(b: Builder, x: Value, axes: Axis[], phases: number[][]) {
  const channels = x.shape.at(-1)!;
  const plans = axes.map((axis, i) => planAxis(axis, phases[i]));
  const steps = rowStrides([x.shape[0], ...plans.map(({ pitch }) => pitch)]);
  const sizes = [x.shape[0], ...plans.map(({ extent }) => extent)];
  const plane = wholeVectors(spanOf(sizes, steps));
  const all = indices(phases.map(({ length }) => length));
  const buffer = b.buffer(plane * channels * all.length);
  const to = { buffer, offset: 0 };
  if (!plans.every(({ isFull }) => isFull)) b.op(Op.fill, to, (plane * channels * all.length) / 4, f(0));
  all.forEach((index, number) => {
    const parts = index.map((i, axis) => plans[axis].parts[i]);
    if (parts.some(({ count }) => count < 1)) return;
    const shape = [x.shape[0], ...parts.map(({ count }) => count), channels];
    const from = b.view(x, {
      offset: dot(
        parts.map(({ first }) => first),
        x.strides.slice(1),
      ),
      shape,
      strides: x.strides.map((stride, i) => stride * (parts[i - 1]?.step ?? 1)),
    });
    const offset =
      number * channels * plane +
      dot(
        parts.map(({ place }) => place),
        steps.slice(1),
      );
    const strides = [...steps.map((step, i) => step * (axes[i - 1]?.spread ?? 1)), plane];
    b.copy(from, { buffer, offset, shape, strides });
  });
  const numbers = new Map(all.map((index, number) => [`${index.map((i, axis) => phases[axis][i])}`, number]));
  return {
    x: { ...to, shape: x.shape, strides: [] } as Value,
    strides: [...steps, plane],
    offsetOf: (phase: number[]): number => numbers.get(`${phase}`)! * channels * plane,
  };
}

/**
 * Where the elements of one dimension go: `count` of them from `first` on, `step` apart,
 * to `place` and what follows.
 */
function planAxis(axis: Axis, phases: number[]) {
  const { out, kernel, stride, dilation, before, spread } = axis;
  const extent = out + Math.floor(((kernel - 1) * dilation) / stride);
  const length = (axis.in - 1) * spread + 1;
  const parts = phases.map((phase) => {
    const place = Math.max(0, Math.ceil((before - phase) / stride));
    const end = Math.min(extent, Math.ceil((length + before - phase) / stride));
    const first = place * stride + phase - before;
    return { place, end, first, step: stride, count: Math.ceil((end - place) / spread) };
  });
  const least = Math.min(...parts.map(({ place }) => place));
  const most = Math.max(...parts.map(({ end }) => end));
  // Where the elements behind a row are those in front of the next, both have to be 0.
  const pitch = Math.max(extent - least, most, out);
  const isFull = spread === 1 && pitch === extent && parts.every(({ place, end }) => place === 0 && end === extent);
  return { extent, pitch, parts, isFull };
}
