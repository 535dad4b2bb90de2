/** A stretch of the program's memory, which the plan places. */
export interface Buffer {
  bytes: number;
  /**
   * What is copied there when the program is made; without it, the buffer may share its
   * place with others.
   */
  constant?: Constant;
  /** Set by the plan. */
  address: number;
}

export type Numbers = Float32Array | Uint32Array | Uint16Array;

/**
 * Constants with the same owner and name are one: they are made and copied once for all
 * programs of a model.
 */
export interface Constant {
  owner: object;
  name: string;
  make: () => Numbers;
  /** Programs write to it: a state that stays from one run to the next. */
  isState?: boolean;
}

/** A place in a buffer. */
export interface Address {
  buffer: Buffer;
  /** Bytes from the beginning of the buffer. */
  offset: number;
}

/** A tensor in memory. */
export interface Value extends Address {
  /** Sizes, batch first and channels last, as in tfjs. */
  shape: number[];
  /** Bytes from one element to the next, for each dimension. */
  strides: number[];
  /**
   * Which steps count, [batch, steps] of zeros and ones: of what a layer gives (Masking,
   * Embedding) or is called with (see Masks).
   */
  mask?: Value;
}

/** Elements of a tensor. */
export const sizeOf = (shape: number[]): number => shape.reduce((product, size) => product * size, 1);

/**
 * Strides of a tensor whose elements lie one after the other, the last dimension
 * innermost.
 */
export function rowStrides(shape: number[], unit = 4): number[] {
  const strides = new Array<number>(shape.length);
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = unit;
    unit *= shape[i];
  }
  return strides;
}

/**
 * Whether strides are those, as far as they matter: a dimension of size 1 may have any.
 */
export const sameStrides = (shape: number[], a: number[], b: number[]): boolean =>
  shape.every((size, i) => size === 1 || a[i] === b[i]);

/** Whether the elements of `v` lie one after the other as in tfjs. */
export const isRows = (v: Value): boolean => sameStrides(v.shape, v.strides, rowStrides(v.shape));

/** Bytes from the first to the end of the last element. */
export const spanOf = (shape: number[], strides: number[]): number =>
  shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], 4);

/** The next multiple of 16: planes are whole vectors of four floats. */
export const wholeVectors = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/**
 * Whether `v` is in planes that a product can go through: the channels, last, are whole
 * vectors apart; inside of a plane the elements ascend, the last dimension adjacent, with
 * at most as much between them as there is of them.
 */
export function isPlanar({ shape, strides }: Value): boolean {
  const pixels = shape.slice(0, -1);
  const steps = strides.slice(0, -1);
  const channels = shape.at(-1)!;
  const span = spanOf(pixels, steps);
  let least = 4;
  let adjacent = true;
  for (let i = pixels.length - 1; i >= 0; i--) {
    if (pixels[i] === 1) continue;
    if (steps[i] < least || (adjacent && steps[i] !== 4)) return false;
    adjacent = false;
    least = steps[i] * pixels[i];
  }
  const step = strides.at(-1)!;
  return span <= 8 * sizeOf(pixels) + 64 && (channels === 1 || (step % 16 === 0 && step >= span));
}

/** Whether two shapes are the same. */
export const sameShape = (a: number[], b: number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/**
 * Whether no two elements share a place: not so for what is broadcast by a stride of 0.
 */
function isOneToOne(shape: number[], strides: number[]): boolean {
  let least = 4;
  const dimensions = shape.map((size, i) => ({ size, step: strides[i] })).filter(({ size }) => size > 1);
  for (const { size, step } of dimensions.sort((a, b) => a.step - b.step)) {
    if (step < least) return false;
    least = step * (size - 1) + least;
  }
  return true;
}

/**
 * Whether most of what lies between the first and the last element belongs to `v`, each
 * place to one element.
 */
export const isCompact = ({ shape, strides }: Value): boolean =>
  spanOf(shape, strides) <= 8 * sizeOf(shape) + 64 && isOneToOne(shape, strides);
