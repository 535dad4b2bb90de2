/**
 * INQ and DNS once more, written from the papers alone and sharing no line
 * with @tfjs-compress/math: the judge must not make the mistakes of the accused. Slow and
 * plain on purpose.
 */

export interface Range {
  n1: number;
  n2: number;
}

/**
 * INQ, Eq. 2 and 3: n1 = floor(log2(4s / 3)), found by comparing instead of by a
 * logarithm; null for s = 0.
 */
export function rangeOf(values: Float32Array, bits: number): Range | null {
  let s = 0;
  for (const value of values) s = Math.max(s, Math.abs(value));
  if (!(s > 0)) return null;
  let n1 = -200;
  while (0.75 * 2 ** (n1 + 1) <= s) n1++;
  return { n1, n2: n1 + 1 - 2 ** (bits - 1) / 2 };
}

/** The range that each weight of a kernel has: the kernel's, or that of its channel. */
export function rangesOf(values: Float32Array, bits: number, channelOf = (_: number) => 0): (Range | null)[] {
  const channels = new Map<number, number[]>();
  for (const i of values.keys()) channels.set(channelOf(i), [...(channels.get(channelOf(i)) ?? []), i]);
  const ranges: (Range | null)[] = new Array(values.length).fill(null);
  for (const indices of channels.values()) {
    const range = rangeOf(
      Float32Array.from(indices, (i) => values[i]),
      bits,
    );
    for (const i of indices) ranges[i] = range;
  }
  return ranges;
}

/** INQ, Eq. 4, above 1.5·2^n1 saturated. */
export function levelOf(weight: number, range: Range): number {
  const magnitude = Math.abs(weight);
  if (magnitude < 2 ** range.n2 / 2) return 0;
  let level = 2 ** range.n2;
  for (let k = range.n2 + 1; k <= range.n1; k++) if (magnitude >= (2 ** (k - 1) + 2 ** k) / 2) level = 2 ** k;
  return weight < 0 ? -level : level;
}

/** 0, or ±2^k with n2 ≤ k ≤ n1. Without a range: any power of two. */
export function isLevel(weight: number, range: Range | null | undefined): boolean {
  if (weight === 0) return true;
  if (!Number.isFinite(weight)) return false;
  const k = Math.round(Math.log2(Math.abs(weight)));
  if (2 ** k !== Math.abs(weight)) return false;
  return !range || (k >= range.n2 && k <= range.n1);
}

/**
 * DNS, §3.2, and the authors' code: mean and deviation of the non-zero magnitudes of
 * kernel and bias together.
 */
export function dnsThresholds(values: Float32Array[], rate: number, hysteresis: number): { a: number; b: number } {
  const magnitudes = values.flatMap((each) => [...each].filter((v) => v !== 0).map(Math.abs));
  const mean = magnitudes.reduce((sum, m) => sum + m, 0) / magnitudes.length;
  const variance = magnitudes.reduce((sum, m) => sum + (m - mean) ** 2, 0) / magnitudes.length;
  const t = Math.max(mean + rate * Math.sqrt(variance), 0);
  return { a: (1 - hysteresis) * t, b: (1 + hysteresis) * t };
}
