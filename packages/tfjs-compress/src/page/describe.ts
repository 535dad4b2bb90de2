import type { io } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tfjs-compress/runtime';
import type { PageInput, ValueRange } from './PageConfig.js';

/** Taken for height and width that are free. */
const freeSize = 224;
/** A square that is smaller is a list of numbers. */
const smallestSquare = 8;

/**
 * How a page asks for an input: [height, width, 1 or 3] is an image; so is a square [n,
 * n], and a plain number of values that is one, like MNIST's 784, where no Embedding
 * would take them for indexes. All else is numbers.
 */
export function describeInput(
  { name, shape, dtype }: TensorInfo,
  topology: io.ModelArtifacts['modelTopology'],
): PageInput {
  const sizes = shape.slice(1);
  const isIndex = dtype === 'int32' || classNames(topology).includes('Embedding');
  const image = imageSize(sizes, isIndex);
  if (image) {
    const fixed = sizes.map((size, i) => size ?? (i < 2 ? freeSize : 1));
    return { name, kind: 'image', ...image, shape: [1, ...fixed] };
  }
  const count = sizes.includes(null) ? null : product(sizes as number[]);
  return { name, kind: 'numbers', count, shape: count === null ? null : [1, ...(sizes as number[])] };
}

function imageSize(
  sizes: (number | null)[],
  isIndex: boolean,
): { height: number; width: number; channels: 1 | 3 } | undefined {
  const [height, width, channels] = sizes;
  if (sizes.length === 3 && (channels === 1 || channels === 3))
    return { height: height ?? freeSize, width: width ?? freeSize, channels };
  const side = sizes.length === 1 ? Math.sqrt(height ?? 0) : sizes.length === 2 && height === width ? (height ?? 0) : 0;
  if (isIndex || !Number.isInteger(side) || side < smallestSquare) return undefined;
  return { height: side, width: side, channels: 1 };
}

/**
 * What a model most likely takes for black and white. One that scales by itself takes
 * bytes; the nets with depthwise convolutions (MobileNet, EfficientNet-Lite, Xception,
 * Teachable Machine) were trained on -1..1, most others on 0..1.
 */
export function likelyRange(inputs: PageInput[], topology: io.ModelArtifacts['modelTopology']): ValueRange {
  const names = classNames(topology);
  if (names.includes('Rescaling') || names.includes('Normalization')) return '0..255';
  const isInColor = inputs.some((input) => input.kind === 'image' && input.channels === 3);
  return isInColor && names.some((name) => /Depthwise|Separable/.test(name)) ? '-1..1' : '0..1';
}

/** Of all layers, those of nested models included. */
function classNames(topology: unknown): string[] {
  if (!topology || typeof topology !== 'object') return [];
  const { class_name: name } = topology as { class_name?: unknown };
  return [...(typeof name === 'string' ? [name] : []), ...Object.values(topology).flatMap(classNames)];
}

function product(sizes: number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}
