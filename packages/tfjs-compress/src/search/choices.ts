import { codebookOf, entropyBits, roundToPowerOfTwo } from '@tfjs-compress/math';
import { codebooksBelow } from '@tfjs-compress/math/internal';
import { fewest } from './changePlan.js';
import type { KernelPlan } from './types.js';

/** Bits that a plan may have; 32 is not quantized. */
const bitChoices = [2, 3, 4, 5, 32] as const;
/** Densities are powers of this. */
const densityStep = 2 ** -0.25;
const densest = 45;

/** What is known of one choice for a kernel, before any training. */
export interface Estimate extends KernelPlan {
  sizeBytes: number;
  /** Weights that are not 0 after rounding, which makes small ones 0. */
  nonZeros: number;
  /**
   * -log(1 - D), where D is the part of the kernel's energy (the sum of squares) that is
   * in the error. Of pruning alone it is the sum of the LAMP scores of what is pruned
   * (Lee et al., ICLR 2021, arXiv:2010.07611, Eq. 2): a small part of what is left counts
   * for more where less is left.
   */
  distortion: number;
}

/**
 * Every choice for a kernel: pruned by magnitude, then rounded as INQ does where its
 * levels have the least error.
 */
export function estimatesOf(values: Float32Array): Estimate[] {
  const magnitudes = values.map(Math.abs).sort().reverse();
  const counts = keptCounts(values.length);
  return bitChoices.flatMap((bits) => {
    if (bits === 32) return roundedTo(magnitudes, magnitudes, bits, counts);
    const all = codebooksBelow(codebookOf(magnitudes, bits)).map((codebook) =>
      roundedTo(magnitudes, roundToPowerOfTwo(magnitudes, codebook), bits, counts),
    );
    return counts.map((_, i) => all.map((each) => each[i]).reduce((a, b) => (b.distortion < a.distortion ? b : a)));
  });
}

/** @param magnitudes The largest first, beside what each is rounded to. */
function roundedTo(magnitudes: Float32Array, rounded: Float32Array, bits: number, counts: number[]): Estimate[] {
  const energy = magnitudes.reduce((sum, value) => sum + value * value, 0);
  const levels = new Map<number, number>();
  let [kept, error, left, nonZeros] = [0, 0, energy, 0];
  return counts.map((count) => {
    for (; kept < count; kept++) {
      const [value, level] = [magnitudes[kept], rounded[kept]];
      error += (value - level) ** 2;
      left -= value * value;
      if (level !== 0) nonZeros++;
      if (bits !== 32 && level !== 0) levels.set(level, (levels.get(level) ?? 0) + 1);
    }
    const lost = energy > 0 ? Math.min(1, (error + Math.max(0, left)) / energy) : 0;
    return {
      sparsity: 1 - count / magnitudes.length,
      bits,
      sizeBytes: bytesOf(magnitudes.length, nonZeros, bits === 32 ? 28 : 1 + entropyBits(levels.values())),
      nonZeros,
      distortion: -Math.log(Math.max(1 - lost, 1e-6)),
    };
  });
}

/**
 * What a kernel takes at about, by the entropy of where weights are left and of their
 * values.
 */
function bytesOf(weights: number, nonZeros: number, bitsPerValue: number): number {
  return (weights * entropyBits([nonZeros, weights - nonZeros]) + nonZeros * bitsPerValue) / 8;
}

/** From few weights to all of them. */
function keptCounts(weights: number): number[] {
  const counts = Array.from({ length: densest }, (_, i) => Math.round(weights * densityStep ** (densest - 1 - i)));
  return [...new Set(counts)].filter((count) => count >= Math.min(weights, fewest));
}
