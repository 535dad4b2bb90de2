import type { CompressibleKernel } from '@tfjs-compress/layers';
import { type Codebook, roundToPowerOfTwo } from '@tfjs-compress/math';
import { codebooksBelow, countZeros } from '@tfjs-compress/math/internal';

/**
 * What to say before the first step of kernels whose levels begin with the largest weight
 * (`range: 'largest'`): that most weights will become 0, where another range keeps many
 * more of them. Nothing otherwise.
 */
export async function adviceOnRange(
  kernels: readonly { kernel: CompressibleKernel; codebook: Codebook }[],
): Promise<string | undefined> {
  let [all, left, leftBelow] = [0, 0, 0];
  for (const { kernel, codebook } of kernels) {
    const values = await kernel.effectiveValues();
    const counts = codebooksBelow(codebook).map((each) => countNonZero(roundToPowerOfTwo(values, each)));
    all += countNonZero(values);
    left += counts[0];
    leftBelow += Math.max(...counts);
  }
  if (left >= all / 2 || leftBelow < 1.5 * left) return undefined;
  const percent = (count: number) => `${Math.round((100 * count) / all)}%`;
  return (
    `${percent(all - left)} of the weights will become 0, because the levels go from the largest weight of each kernel ` +
    `down and there are few of them. With range: 'leastError' up to ${percent(leftBelow)} are kept, and usually less is lost.`
  );
}

function countNonZero(values: Float32Array): number {
  return values.length - countZeros(values);
}
