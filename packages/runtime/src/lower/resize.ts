import * as Binary from '../program/Binary.js';
import type { Builder, Lower, Lowerings } from '../program/Builder.js';
import * as Op from '../program/Op.js';
import * as Unary from '../program/Unary.js';
import { sizeOf, type Value } from '../program/Value.js';
import { channelsLast, expectRank, sizes } from './geometry.js';

/**
 * Where the elements of an output come from, along one dimension: two elements of the
 * input and the part of the second.
 */
interface Places {
  low: Float32Array;
  high: Float32Array;
  part: Float32Array;
}

/**
 * As tf.image.resizeBilinear and resizeNearestNeighbor compute it, without half pixel
 * centers.
 */
function placesOf(size: number, out: number, isNearest: boolean, alignCorners: boolean): Places {
  const scale = alignCorners && out > 1 ? (size - 1) / (out - 1) : size / out;
  const places: Places = { low: new Float32Array(out), high: new Float32Array(out), part: new Float32Array(out) };
  for (let i = 0; i < out; i++) {
    const at = scale * i;
    if (isNearest) {
      places.low[i] = Math.min(size - 1, alignCorners ? Math.round(at) : Math.floor(at));
    } else {
      places.low[i] = Math.floor(at);
      places.high[i] = Math.min(size - 1, Math.ceil(at));
      places.part[i] = at - places.low[i];
    }
  }
  return places;
}

/** The elements of a dimension at these indexes. */
function take(b: Builder, x: Value, axis: number, indexes: Float32Array): Value {
  const outer = x.shape.slice(0, axis);
  const width = sizeOf(x.shape.slice(axis + 1));
  const rows = b.rows(x);
  const y = b.value([...outer, indexes.length, ...x.shape.slice(axis + 1)]);
  const count = sizeOf(outer);
  if (count * x.shape[axis] > 2 ** 24) throw new Error(`an input of shape [${x.shape}] is too large.`);
  const all = new Float32Array(count * indexes.length);
  for (let i = 0; i < all.length; i++) {
    all[i] = Math.floor(i / indexes.length) * x.shape[axis] + indexes[i % indexes.length];
  }
  b.op(Op.gather, rows, b.constant(all), y, all.length, width, count * x.shape[axis]);
  return y;
}

/** Resizes height and width of x [batch, height, width, channels]. */
function resize(b: Builder, x: Value, [height, width]: number[], isNearest: boolean, alignCorners = false): Value {
  b.buffer(4 * sizeOf([x.shape[0], height, width, x.shape[3]]));
  return [height, width].reduce((v, size, i) => {
    const axis = i + 1;
    if (v.shape[axis] === size) return v;
    const { low, high, part } = placesOf(v.shape[axis], size, isNearest, alignCorners);
    const first = take(b, v, axis, low);
    if (isNearest || part.every((one) => one === 0)) return first;
    const shape = [1, 1, 1, 1];
    shape[axis] = size;
    const difference = b.binary(Binary.subtract, take(b, v, axis, high), first);
    return b.binary(Binary.add, first, b.binary(Binary.multiply, difference, b.tensor(part, shape)));
  }, x);
}

const upSampling: Lower = (b, { config }, [x]) => {
  expectRank(x, 4);
  const [high, wide] = sizes(config, 'size', 2, 2);
  const interpolation = config.interpolation ?? 'nearest';
  return channelsLast(b, config, x, (v) => {
    const [batch, height, width, channels] = v.shape;
    const size = [height * high, width * wide];
    if (interpolation === 'bilinear') return resize(b, v, size, false);
    if (interpolation !== 'nearest') throw new Error(`interpolation: '${interpolation}' is not supported.`);
    const y = b.value([batch, ...size, channels], 'planes');
    const shape = [batch, height, high, width, wide, channels];
    const [n, h, w, c] = v.strides;
    const [toN, toH, toW, toC] = y.strides;
    const from = b.view(v, { shape, strides: [n, h, 0, w, 0, c] });
    b.copy(from, b.view(y, { shape, strides: [toN, toH * high, toH, toW * wide, toW, toC] }));
    return y;
  });
};

const resizing: Lower = (b, { config }, [x]) => {
  expectRank(x, 4);
  const interpolation = config.interpolation ?? 'bilinear';
  if (!['bilinear', 'nearest'].includes(interpolation)) {
    throw new Error(`interpolation: '${interpolation}' is not supported.`);
  }
  const size = [...sizes({ height: config.height }, 'height', 1), ...sizes({ width: config.width }, 'width', 1)];
  // So tfjs reads this setting.
  return resize(b, x, size, interpolation === 'nearest', !config.cropToAspectRatio);
};

const rescaling: Lower = (b, { config }, [x]) => {
  const { scale, offset } = config;
  if (typeof scale === 'number' && typeof (offset ?? 0) === 'number')
    return b.unary(Unary.affine, x, scale, offset ?? 0);
  const list = (numbers: number | number[]): Value => {
    const values = Float32Array.from([numbers].flat());
    return b.tensor(values, [values.length]);
  };
  return b.binary(Binary.add, b.binary(Binary.multiply, x, list(scale)), list(offset ?? 0));
};

export const resizings: Lowerings = { UpSampling2D: upSampling, Resizing: resizing, Rescaling: rescaling };
