import type { CompressibleKernel } from '@tfjs-compress/layers';
import { type Codebook, PRUNED, roundToPowerOfTwo, setMask } from '@tfjs-compress/math';
import { cheapestZeros, weightBits } from '@tfjs-compress/math/internal';

/**
 * Prunes weights, those that lose least for the bits they cost, until the kernels take a
 * fraction of the bits that they took before.
 *
 * @param kept That fraction.
 * @param before In bits; those of the kernels as they are, when left out.
 * @returns `before`.
 */
export async function zeroCheapest(
  kernels: readonly { kernel: CompressibleKernel; codebook: Codebook }[],
  kept: number,
  before?: number,
): Promise<number> {
  const leveled = [];
  for (const { kernel, codebook } of kernels) {
    const values = await kernel.effectiveValues();
    const levels = roundToPowerOfTwo(values, codebook);
    leveled.push({ values, levels, shape: kernel.variable.shape as number[] });
  }
  const bits = before ?? leveled.reduce((sum, { levels, shape }) => sum + weightBits(levels, shape).total, 0);
  const zeros = cheapestZeros(leveled, kept * bits);
  for (const [k, { kernel }] of kernels.entries()) {
    await kernel.update(setMask(kernel.states.map((state, i) => (zeros[k][i] ? PRUNED : state))));
  }
  return bits;
}
