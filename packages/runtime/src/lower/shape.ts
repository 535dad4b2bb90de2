import type { Builder, Lower, Lowerings } from '../program/Builder.js';
import { sizeOf, type Value } from '../program/Value.js';
import { channelsLast, expectRank, margins, permuted } from './geometry.js';

const same: Lower = (_, __, [x]) => x;

/** Layers that do nothing at inference. */
const idle = [
  ...['InputLayer', 'Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  'ActivityRegularization',
];

const flatten: Lower = (b, { config }, [x]) => {
  const rest = x.shape.slice(2).map((_, i) => i + 2);
  const v = config.dataFormat === 'channelsFirst' ? permuted(b, x, [0, ...rest, 1]) : x;
  return b.reshape(v, [x.shape[0], sizeOf(x.shape.slice(1))]);
};

const reshape: Lower = (b, { config }, [x]) => {
  const target: (number | null)[] = config.targetShape;
  const isFree = (size: number | null): boolean => size === null || size < 0;
  if (!Array.isArray(target) || target.filter(isFree).length > 1) {
    throw new Error(`targetShape: expected sizes of which at most one is free, received ${JSON.stringify(target)}.`);
  }
  const known = target.reduce<number>((product, size) => (isFree(size) ? product : product * size!), 1);
  const shape = target.map((size) => (isFree(size) ? sizeOf(x.shape.slice(1)) / known : size!));
  return b.reshape(x, [x.shape[0], ...shape]);
};

const permute: Lower = (b, { config }, [x]) => {
  const dims: number[] = config.dims;
  if (!Array.isArray(dims) || `${[...dims].sort((p, q) => p - q)}` !== `${x.shape.slice(1).map((_, i) => i + 1)}`) {
    throw new Error(`dims: expected all of 1 to ${x.shape.length - 1}, received ${JSON.stringify(dims)}.`);
  }
  return permuted(b, x, [0, ...dims]);
};

const repeatVector: Lower = (b, { config: { n } }, [x]) => {
  expectRank(x, 2);
  const [batch, features] = x.shape;
  const y = b.value([batch, n, features]);
  b.copy(b.view(x, { shape: y.shape, strides: [x.strides[0], 0, x.strides[1]] }), y);
  return y;
};

const cropping: Lower = (b, { config }, [x]) => {
  expectRank(x, 4);
  const [[top, bottom], [left, right]] = margins(config, 'cropping');
  return channelsLast(b, config, x, (v) => {
    const [batch, height, width, channels] = v.shape;
    const shape = [batch, height - top - bottom, width - left - right, channels];
    if (!(shape[1] > 0 && shape[2] > 0)) throw new Error(`nothing of an input of shape [${x.shape}] would be left.`);
    return b.view(v, { offset: top * v.strides[1] + left * v.strides[2], shape });
  });
};

const zeroPadding: Lower = (b, { config }, [x]) => {
  expectRank(x, 4);
  const [[top, bottom], [left, right]] = margins(config, 'padding', 1);
  return channelsLast(b, config, x, (v) => {
    const [batch, height, width, channels] = v.shape;
    const y = b.value([batch, height + top + bottom, width + left + right, channels], 'planes');
    b.fill(y, 0);
    b.copy(v, b.view(y, { offset: top * y.strides[1] + left * y.strides[2], shape: v.shape }));
    return y;
  });
};

/**
 * Puts values one behind the other along a dimension: in planes if one of them is in
 * planes.
 */
export function concatenate(b: Builder, values: Value[], axis: number): Value {
  const [first] = values;
  const shape = [...first.shape];
  for (const { shape: other } of values) {
    if (other.length !== shape.length || other.some((size, i) => i !== axis && size !== shape[i])) {
      throw new Error(`the shapes ${values.map((v) => `[${v.shape}]`).join(', ')} do not fit together.`);
    }
  }
  shape[axis] = values.reduce((sum, v) => sum + v.shape[axis], 0);
  const isInPlanes = values.some((v) => v.strides.at(-1)! > 4 && shape.length > 2);
  const y = b.value(shape, isInPlanes ? 'planes' : 'rows');
  let offset = 0;
  for (const v of values) {
    b.copy(v, b.view(y, { offset, shape: v.shape }));
    offset += v.shape[axis] * y.strides[axis];
  }
  return y;
}

export const shapes: Lowerings = {
  ...Object.fromEntries(idle.map((name) => [name, same])),
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
};

export const paddings: Lowerings = { Cropping2D: cropping, ZeroPadding2D: zeroPadding };
