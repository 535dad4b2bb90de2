import type { Lower, Lowerings } from '../program/Builder.js';
import * as Op from '../program/Op.js';
import { rowStrides, type Value } from '../program/Value.js';
import { axisOf, channelsLast, expectRank, paddingOf, sizes } from './geometry.js';
import { Kind, window } from './window.js';

/** Kernels much larger than what they slide over are not those of a model. */
const LARGEST = 64;

const pooling =
  (rank: number, kind: number): Lower =>
  (b, { config }, [x]) => {
    expectRank(x, rank + 2);
    const kernel = sizes(config, 'poolSize', rank, 2);
    const strides = sizes(config, 'strides', rank, kernel);
    return channelsLast(b, rank === 1 ? {} : config, x, (v) => {
      const axes = kernel.map((size, i) => {
        const input = v.shape[i + 1];
        if (size > LARGEST && size > 4 * input)
          throw new Error(`poolSize: ${size} is too large for ${input} elements.`);
        return axisOf(input, size, strides[i], 1, paddingOf(config, rank));
      });
      const one = axisOf(1, 1, 1, 1, 'valid');
      if (rank === 2) return window(b, kind, v, axes);
      const [batch, first] = v.shape;
      const channels = v.shape.at(-1)!;
      if (rank === 1) {
        const [ofBatch, ofStep, ofChannel] = v.strides;
        const row = b.view(v, { shape: [batch, 1, first, channels], strides: [ofBatch, 0, ofStep, ofChannel] });
        const y = window(b, kind, row, [one, axes[0]]);
        return b.view(y, without(y, 1));
      }
      // Height and width of each slice, then the depth, a slice being a row.
      const whole = b.planes(v);
      const slices = b.view(whole, {
        shape: [batch * first, ...whole.shape.slice(2)],
        strides: whole.strides.slice(1),
      });
      const y = window(b, kind, slices, axes.slice(1));
      const [, height, width] = y.shape;
      const area = height * width;
      const plane = y.strides[3];
      const columns = b.view(y, {
        shape: [batch, first, area, channels],
        strides: [...rowStrides([batch, first, area]), plane],
      });
      const z = window(b, kind, columns, [axes[0], { ...one, in: area, out: area }]);
      const shape = [batch, axes[0].out, height, width];
      return b.view(z, { shape: [...shape, channels], strides: [...rowStrides(shape), z.strides[3]] });
    });
  };

/** `v` without a dimension of size 1. */
function without({ shape, strides }: Value, index: number): Partial<Value> {
  return { shape: shape.toSpliced(index, 1), strides: strides.toSpliced(index, 1) };
}

const globalPooling =
  (rank: number, kind: number): Lower =>
  (b, { config }, [x]) => {
    expectRank(x, rank + 2);
    const isFirst = rank > 1 && config.dataFormat === 'channelsFirst';
    const channel = isFirst ? 1 : rank + 1;
    const start = isFirst ? 2 : 1;
    const y = b.value([x.shape[0], x.shape[channel]], 'planes');
    const stays = [0, channel].flatMap((i, j) => [x.shape[i], x.strides[i], y.strides[j]]);
    const goes = x.shape.slice(start, start + rank).flatMap((size, i) => [size, x.strides[start + i]]);
    b.op(Op.reduce, kind, x, y, 2, ...stays, rank, ...goes);
    return y;
  };

export const poolings: Lowerings = Object.fromEntries(
  [1, 2].flatMap((rank) => [
    [`MaxPooling${rank}D`, pooling(rank, Kind.max)],
    [`AveragePooling${rank}D`, pooling(rank, Kind.average)],
    [`GlobalAveragePooling${rank}D`, globalPooling(rank, 0)],
    [`GlobalMaxPooling${rank}D`, globalPooling(rank, 1)],
  ]),
);
Object.assign(poolings, { MaxPooling3D: pooling(3, Kind.max), AveragePooling3D: pooling(3, Kind.average) });
