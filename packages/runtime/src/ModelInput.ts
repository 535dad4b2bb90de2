import { sizeOf } from './program/Value.js';

/** An input or output of a model. */
export interface TensorInfo {
  name: string;
  /** null: any size, the batch first. */
  shape: (number | null)[];
  /**
   * As in the file: 'float32', 'int32' … Numbers are handed over as they are, whatever it
   * says.
   */
  dtype: string;
}

/**
 * Numbers of an input, in the order of tfjs: channels last, no gaps. A Float32Array is
 * the fastest.
 */
export type Numbers = ArrayLike<number>;

/**
 * Numbers, with their shape, batch included, where it does not follow from their length.
 */
export type ModelInput = Numbers | { data: Numbers; shape?: number[] };

/** What follows from an input's shape. */
export interface InputSizes extends TensorInfo {
  /**
   * Elements for each step of the one free size; 0 if there are several, so that the
   * shape must be given.
   */
  unit: number;
  /** Where the free size stands: -1 if there is none. */
  free: number;
}

export function sizesOf(info: TensorInfo): InputSizes {
  const free = info.shape.flatMap((size, i) => (size === null ? [i] : []));
  const unit = sizeOf(info.shape.map((size) => size ?? 1));
  return { ...info, unit: free.length > 1 ? 0 : unit, free: free[0] ?? -1 };
}

/**
 * The shape of an input.
 *
 * @throws Error for numbers that are not those of such an input.
 */
export function shapeFor(sizes: InputSizes, data: Numbers, shape: number[] | undefined): number[] {
  const { name, unit, free } = sizes;
  const wanted = `[${sizes.shape.map((size) => size ?? 'null')}]`;
  const bad = (expected: string, received: unknown): never => {
    throw new Error(`predict: input '${name}' of shape ${wanted}: expected ${expected}, received ${received}.`);
  };
  if (typeof data !== 'object' || typeof data?.length !== 'number') {
    bad('a Float32Array (of a tensor: await tensor.data())', describe(data));
  }
  const { length } = data;
  if (length && typeof data[0] !== 'number') bad('numbers in one flat array', describe(data[0]));
  if (shape === undefined) {
    if (unit === 0) bad(`the shape beside the numbers, as in predict(data, [1, ...])`, 'none');
    if (free < 0 ? length !== unit : length === 0 || length % unit !== 0) {
      bad(`${unit} numbers${free < 0 ? '' : ` or a multiple of that`}`, length);
    }
    return sizes.shape.map((size) => size ?? length / unit);
  }
  const fits =
    Array.isArray(shape) &&
    shape.length === sizes.shape.length &&
    shape.every((size, i) => Number.isInteger(size) && size > 0 && (sizes.shape[i] ?? size) === size);
  if (!fits) bad(`a shape like it`, Array.isArray(shape) ? `[${shape}]` : describe(shape));
  const count = sizeOf(shape);
  if (count !== length) bad(`${count} numbers for the shape [${shape}]`, length);
  return [...shape];
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object')
    return typeof value === 'function' ? 'a function' : typeof value === 'string' ? JSON.stringify(value) : `${value}`;
  return `an object with ${Object.keys(value).slice(0, 4).join(', ') || 'nothing in it'}`;
}
