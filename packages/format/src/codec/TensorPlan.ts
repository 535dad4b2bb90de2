import { AdaptiveBits, numberSlots } from './AdaptiveBits.js';
import type { BitCoder } from './BitCoder.js';
import { invalid } from './FormatError.js';
import { codeRaw, floatCoder } from './floatCoder.js';

/**
 * How the places of the non-zero values are coded: not at all (every value is coded), by
 * the gaps between them, or as trees (in version 1 one by one in mixed contexts);
 * 'mixedDense' is the same for values of which none is zero, 'few' adaptive bits for a
 * few floats.
 */
const positionCodings = ['dense', 'gaps', 'mixed', 'mixedDense', 'few'] as const;
/**
 * How the values are coded: 32 bits each, exponent apart, or as the index of one of a few
 * levels, listed in one of three ways; 'bytes', which version 1 does not have, is 8 bits
 * each.
 */
const valueCodings = ['raw', 'float', 'levels', 'powers', 'affine', 'bytes'] as const;

/** The coding of one tensor: the encoder chooses it, the file states it. */
export interface TensorPlan {
  positions: (typeof positionCodings)[number];
  values: (typeof valueCodings)[number];
  /** 'mixed': rows this far apart are neighbours. */
  stride: number;
  /**
   * 'float': the largest biased exponent; 'powers': the smallest; 'levels': the largest.
   */
  exponent: number;
  /** 'float': upper bits of the mantissa that are kept. */
  mantissaBits: number;
  /**
   * The values that occur, as float32 bits: ± pairs by exponent ('powers'), by min +
   * index × scale ('affine'), else as they come.
   */
  levels: Int32Array;
  /** 'affine': the bits of min and scale, both float32. */
  affine: readonly [number, number];
}

export const maxLevels = 4096;
/** Numbers that a plan is coded as; those of tables follow. */
export const planFields = 6;
/**
 * Differences between the magnitudes of levels, which version 2 lists by increasing
 * magnitude.
 */
const differenceField = 10;
const fieldCount = 11;

/** The adaptive bits that a file's plans and tables are coded with. */
export function planBits(): AdaptiveBits {
  return new AdaptiveBits(fieldCount * numberSlots, 20);
}

/** A float32's bits as int32, and back. */
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);
export function bitsOf(value: number): number {
  float[0] = value;
  return bits[0];
}
export function floatOf(value: number): number {
  bits[0] = value;
  return float[0];
}

export function powerLevels(exponent: number, count: number): Int32Array {
  const levels = new Int32Array(count);
  for (let i = 0; i < count; i++) levels[i] = ((i & 1) << 31) | ((exponent + (i >> 1)) << 23);
  return levels;
}

/** 256 levels min + q × scale, rounded to float32. */
export function affineLevels(min: number, scale: number): Int32Array {
  const levels = new Int32Array(256);
  for (let q = 0; q < 256; q++) levels[q] = bitsOf(floatOf(min) + q * floatOf(scale));
  return levels;
}

/**
 * Codes `plan` itself; when decoding, what is given is ignored and the plan read is
 * returned.
 *
 * @param isOld In a file of version 1.
 */
export function codePlan(coder: BitCoder, fields: AdaptiveBits, plan: TensorPlan, isOld = false): TensorPlan {
  const number = (field: number, value: number, max: number): number => {
    const coded = fields.codeNumber(coder, field * numberSlots, value);
    if (coded > max) invalid('field');
    return coded;
  };
  const positions = positionCodings[number(0, positionCodings.indexOf(plan.positions), 4)];
  const values = valueCodings[number(1, valueCodings.indexOf(plan.values), 5)];
  const stride = positions.startsWith('mixed') ? number(2, plan.stride, 1 << 20) : 0;
  const read: TensorPlan = { ...plan, positions, values, stride, levels: new Int32Array(0) };
  if (values === 'raw' || values === 'bytes') return read;
  if (values === 'affine') {
    read.affine = [codeRaw(coder, 32, plan.affine[0]), codeRaw(coder, 32, plan.affine[1])];
    read.levels = affineLevels(...read.affine);
    return read;
  }
  read.exponent = number(3, plan.exponent, 255);
  if (values === 'float') {
    read.mantissaBits = number(4, plan.mantissaBits, 23);
    return read;
  }
  const count = number(5, plan.levels.length, maxLevels);
  if (values === 'powers') {
    if (count > 2 * (256 - read.exponent)) invalid('exponent');
    read.levels = powerLevels(read.exponent, count);
    return read;
  }
  const codeFloat = floatCoder(read.exponent, 23);
  read.levels = new Int32Array(count);
  for (let i = 0, magnitude = 0; i < count; i++) {
    const level = plan.levels[i];
    if (!isOld) {
      const difference = fields.codeNumber(coder, differenceField * numberSlots, (level & 0x7fffffff) - magnitude);
      magnitude = (magnitude + difference) & 0x7fffffff;
      read.levels[i] = magnitude | (coder.raw(1, level >>> 31) << 31);
    } else {
      read.levels[i] = codeFloat(coder, level);
    }
  }
  return read;
}

export const noPlan: TensorPlan = {
  positions: 'dense',
  values: 'raw',
  stride: 0,
  exponent: 0,
  mantissaBits: 0,
  levels: new Int32Array(0),
  affine: [0, 0],
};
