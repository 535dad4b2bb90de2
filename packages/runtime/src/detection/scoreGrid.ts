import { type GridIntervals, type RoIAlignOptions, visitCells } from '@tfjs-compress/math/internal';
import type { Activation } from '../program/activations.js';
import type { Builder } from '../program/Builder.js';
import type { Matrix } from '../program/Matrix.js';
import * as Op from '../program/Op.js';
import { f, type Parameter } from '../program/Operation.js';
import { planesProduct } from '../program/product.js';
import { type Address, type Value, wholeVectors } from '../program/Value.js';

/** What is computed of each window of a grid. */
export interface WindowHead {
  roi: RoIAlignOptions;
  /**
   * Bins on each side that a convolution of the pooled windows reaches: 0 for none. The
   * map then has, for each place of its kernel, what the kernel's weights there make of
   * the features (see convolveBefore).
   */
  reach: number;
  /** Channels of a window: of the map, or of that convolution. */
  channels: number;
  /** Of that convolution. */
  bias?: Float32Array;
  /** From [bins, bins, channels] to hidden units. */
  hidden: { matrix: Matrix; bias?: Float32Array; activation: Activation };
  /** From those to a logit and four offsets. */
  scores: { matrix: Matrix; bias: Float32Array };
}

/** A place in a map, and its weight. */
type Cell = [index: number, weight: number];

/**
 * RoIAlign of all windows of a grid, and what is computed of them. Bilinear sampling is
 * separable: a shape's windows are sampled along y, for all columns at once, and then
 * along x. Both are sparse products, and leave a plane of all windows for each bin and
 * channel, as the dense layer takes it.
 *
 * @param map [1, height, width, channels]
 * @returns [rows, columns, shapes, 5]: logits and offsets in the order of gridBoxes.
 */
export function scoreGrid(b: Builder, map: Value, grid: GridIntervals, head: WindowHead): Value {
  const [, height, width, depth] = map.shape;
  const { shapes, columns, rows } = grid;
  const { reach, channels, roi, hidden, scores } = head;
  const { size } = roi;
  if (depth !== channels * places(reach).length)
    throw new Error(`the map of the windows has ${depth} channels, expected ${channels * places(reach).length}.`);
  const planes = b.planes(map);
  const out = b.value([rows, columns, shapes, 5]);
  const line = wholeVectors(4 * width);
  const pitch = wholeVectors(4 * rows);
  const biases = Array.from(head.bias ?? [], (bias) => b.constant(new Float32Array(size * columns).fill(bias)));
  for (let shape = 0; shape < shapes; shape++) {
    const part = (all: Float32Array, count: number) => all.subarray(2 * count * shape, 2 * count * (shape + 1));
    const alongY = binsOf(part(grid.y, rows), height, roi);
    const alongX = binsOf(part(grid.x, columns), width, roi);

    // [depth, bins, rows, width]
    const sampled = b.strided([depth, size, rows, width], [size * rows * line, rows * line, line, 4]);
    const down = sums(b, size * rows, (r) =>
      alongY[(r % rows) * size + Math.floor(r / rows)].map(([y, weight]) => [4 * y * width, weight]),
    );
    for (let c = 0; c < depth; c++)
      product(b, at(planes, c * planes.strides[3]), at(sampled, c * sampled.strides[0]), down, size * rows, line);

    // [depth, bins, width, rows], with bins of zeros above and below where the
    // convolution reaches.
    const bins = size + 2 * reach;
    const turned = b.strided([depth, bins, width, rows], [bins * width * pitch, width * pitch, pitch, 4]);
    if (reach > 0) b.fill(turned, 0);
    const inside = b.view(turned, { offset: reach * turned.strides[1], shape: [depth, size, width, rows] });
    const [ofDepth, ofBin, ofRow] = sampled.strides;
    b.copy(b.view(sampled, { shape: inside.shape, strides: [ofDepth, ofBin, 4, ofRow] }), inside);

    // [bins along y, channels, bins along x, columns, rows]
    const pooled = b.strided([size * channels * size, columns, rows], [columns * pitch, pitch, 4]);
    const across = sums(b, size * columns, (r) => {
      const [bin, column] = [Math.floor(r / columns), r % columns];
      return places(reach).flatMap(([dy, dx], place) => {
        if (bin + dx < 0 || bin + dx >= size) return [];
        const start = place * channels * turned.strides[0] + (reach + dy) * turned.strides[1];
        return alongX[column * size + bin + dx].map(([x, weight]): Cell => [start + x * pitch, weight]);
      });
    });
    for (let bin = 0; bin < size; bin++) {
      for (let c = 0; c < channels; c++) {
        const from = at(turned, c * turned.strides[0] + bin * turned.strides[1]);
        const to = at(pooled, (bin * channels + c) * size * pooled.strides[0]);
        product(b, from, to, across, size * columns, pitch, biases[c]);
      }
    }

    const offsets = Uint32Array.from({ length: size * size * channels }, (_, i) => {
      const [bin, c] = [Math.floor(i / channels), i % channels];
      return ((Math.floor(bin / size) * channels + c) * size + (bin % size)) * pooled.strides[0];
    });
    const { matrix, bias, activation } = hidden;
    const units = planesProduct(b, pooled, offsets, [columns, pitch / 4], [pitch, 4], matrix, bias, { activation });
    const scored = b.product(units, scores.matrix, scores.bias);
    const [ofColumn, , ofScore] = scored.strides;
    b.copy(
      b.view(scored, { shape: [rows, columns, 5], strides: [4, ofColumn, ofScore] }),
      b.view(out, { offset: 20 * shape, shape: [rows, columns, 5], strides: [out.strides[0], out.strides[1], 4] }),
    );
  }
  return out;
}

/** Where a kernel that reaches so far has its weights, row by row: [along y, along x]. */
export function places(reach: number): [number, number][] {
  const along = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return along.flatMap((y) => along.map((x): [number, number] => [y, x]));
}

/** The cells of a map that each bin of each interval reads. */
function binsOf(intervals: Float32Array, cells: number, roi: RoIAlignOptions): Cell[][] {
  const bins = Array.from({ length: (intervals.length / 2) * roi.size }, (): Cell[] => []);
  visitCells(intervals, { first: 0, step: 2, length: 1 }, cells, roi, (bin, cell, weight) => {
    bins[bin].push([cell, weight]);
  });
  return bins;
}

/** Sums for Op.sparseProduct, as its weights, offsets and counts. */
function sums(b: Builder, rows: number, cellsOf: (row: number) => Cell[]): Address[] {
  const all = Array.from({ length: rows }, (_, row) => cellsOf(row));
  const flat = all.flat();
  return [
    Float32Array.from(flat, ([, weight]) => weight),
    Uint32Array.from(flat, ([offset]) => offset),
    Uint32Array.from(all, ({ length }) => length),
  ].map((numbers) => b.constant(numbers));
}

/** Rows of `bytes` each. */
function product(
  b: Builder,
  x: Address,
  y: Address,
  what: Address[],
  rows: number,
  bytes: number,
  bias: Parameter = 0,
): void {
  b.op(Op.sparseProduct, x, y, ...what, bias, 0, 0, rows, bytes / 16, bytes, f(-Infinity), f(Infinity));
}

const at = ({ buffer, offset }: Address, bytes: number): Address => ({ buffer, offset: offset + bytes });
