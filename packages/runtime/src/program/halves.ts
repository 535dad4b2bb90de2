import type { Matrix } from './Matrix.js';
import type { Constant } from './Value.js';

/** Weights that do not fit into a core's cache. */
const MANY = 2 ** 17;

/**
 * Whether the lower 16 bits of all weights are 0, as in powers of two, and there are so
 * many that reading them from memory takes longer than multiplying.
 */
export function isHalf({ values }: Matrix): boolean {
  if (values.length < MANY) return false;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i] & 0xffff) !== 0) return false;
  return true;
}

/** matrix.padded() as the upper halves of its numbers. */
export function halves(matrix: Matrix): Constant {
  const make = (): Uint16Array => new Uint16Array(matrix.padded().make().buffer).filter((_, i) => i % 2 === 1);
  return { owner: matrix, name: 'halves', make };
}
