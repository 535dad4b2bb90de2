import type { Address } from './Value.js';

/** A parameter that is a float32. */
export interface Float {
  float: number;
}

/** Marks a parameter as a float32. */
export const f = (float: number): Float => ({ float });

/** Of an operation: an integer, a place in memory, or a float32. */
export type Parameter = number | Address | Float;

export interface Operation {
  code: number;
  parameters: Parameter[];
  /** Of a loop: how many of the operations that follow it repeats. */
  body?: number;
}
