import { type Codebook, powerOfTwoRange, roundToPowerOfTwo, smallestExponent } from './levels.js';

/** Which powers of two a kernel gets: see codebookOf. */
export type RangeChoice = 'largest' | 'leastError';

/**
 * The codebook of a kernel.
 *
 * ```js
 * console.log(codebookOf(Float32Array.of(1, -0.3), 3).ranges.length); // → 1
 * ```
 *
 * @param channels Given for a range per output channel: their number, and how many
 *   neighbouring values share one.
 * @param range 'largest': the range that begins with the largest magnitude, as in the
 *   paper. 'leastError': that one, or one or two octaves lower, whichever rounds the
 *   values with the least squared error. A lower one cuts off the largest magnitudes, and
 *   has levels for small ones, which would become 0 with few bits.
 */
export function codebookOf(
  values: Float32Array,
  bits: number,
  channels = { count: 1, inner: values.length },
  range: RangeChoice = 'largest',
): Codebook {
  const { count } = channels;
  const inner = Math.max(1, channels.inner);
  const max = new Float32Array(count);
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]);
    const channel = count === 1 ? 0 : Math.floor(i / inner) % count;
    if (magnitude > max[channel]) max[channel] = magnitude;
  }
  const codebook = { bits, ranges: Array.from(max, (maxAbs) => powerOfTwoRange(maxAbs, bits)), inner };
  return range === 'largest' ? codebook : withLeastError(values, codebook);
}

/** Octaves by which a range may be lower than the one of the largest magnitude. */
const octaves = [0, 1, 2];

/** What 'leastError' chooses from. */
export function codebooksBelow(codebook: Codebook): Codebook[] {
  const lowered = (exponent: number, lower: number) => Math.max(exponent - lower, smallestExponent);
  return octaves.map((lower) => {
    const ranges = codebook.ranges.map((range) => {
      return range && { n1: lowered(range.n1, lower), n2: lowered(range.n2, lower) };
    });
    return { ...codebook, ranges };
  });
}

function withLeastError(values: Float32Array, codebook: Codebook): Codebook {
  const { ranges, inner } = codebook;
  const tried = codebooksBelow(codebook).map((each) => {
    const rounded = roundToPowerOfTwo(values, each);
    const errors = new Float64Array(ranges.length);
    for (let i = 0; i < values.length; i++)
      errors[Math.floor(i / inner) % ranges.length] += (values[i] - rounded[i]) ** 2;
    return { ranges: each.ranges, errors };
  });
  const best = (channel: number) => tried.reduce((a, b) => (b.errors[channel] < a.errors[channel] ? b : a));
  return { ...codebook, ranges: ranges.map((_, channel) => best(channel).ranges[channel]) };
}
