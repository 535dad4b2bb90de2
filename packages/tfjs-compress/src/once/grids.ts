import type { Nearest } from '@tfjs-compress/math';

/** Levels in units of their scale. */
export interface Grid {
  nearest: Nearest;
  /** Scales to choose from, for values up to `max` in magnitude. */
  scales(max: number): number[];
  /** The scales that a whole tensor can have. */
  tensorScales(max: number): number[];
  /** A scale for the tensor in the stead of its outputs' scales, which go elsewhere. */
  common(scales: number[]): number;
}

export type Levels = 'powerOfTwo' | 'uniform';

export function gridOf(levels: Levels, bits: number): Grid {
  return levels === 'powerOfTwo' ? powersOfTwo(bits) : uniform(bits);
}

/**
 * 0 and ±1, ±1/2, …: as many as INQ has for so many bits (arXiv:1702.03044, Eq. 2 and 3).
 */
function powersOfTwo(bits: number): Grid {
  const lowest = 2 ** (1 - 2 ** (bits - 2));
  const nearest = (value: number): number => {
    const magnitude = Math.abs(value);
    if (!(magnitude >= lowest / 2)) return 0;
    let level = 1;
    while (magnitude < 0.75 * level && level > lowest) level /= 2;
    return value < 0 ? -level : level;
  };
  // The fewer levels, the more is gained by cutting off the largest weights.
  const from = bits <= 3 ? -2.4 : -1.4;
  return {
    nearest,
    scales: (max) => range(from, 0.41, 0.1).map((shift) => max * 2 ** shift),
    tensorScales: (max) => [0, -1, -2].map((shift) => 2 ** (Math.floor(Math.log2((4 / 3) * max)) + shift)),
    common: (scales) => 2 ** Math.round(meanLog2(scales)),
  };
}

/** -m … m, equally spaced, m = 2^(bits - 1) - 1. */
function uniform(bits: number): Grid {
  const top = 2 ** (bits - 1) - 1;
  const nearest = (value: number): number => Math.min(top, Math.max(-top, Math.round(value)));
  const shifts = range(bits <= 4 ? -1.5 : -0.6, 0.01, 0.1);
  const scales = (max: number) => shifts.map((shift) => (max / top) * 2 ** shift);
  return { nearest, scales, tensorScales: scales, common: (all) => Math.fround(2 ** meanLog2(all)) };
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function meanLog2(values: number[]): number {
  return values.reduce((sum, value) => sum + Math.log2(value), 0) / values.length;
}
