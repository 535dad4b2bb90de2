/** What part of the processor's multiply-add limit the 1 × 1 kernel reaches, from nets that differ in their number of convolutions. */
import { measureLimits } from '../wasm-training/limits.mjs';
import { nets, pointwisePlanes } from './nets.mjs';

/** @returns { gflops, planes: [{ size, channels, gflops, ofLimit }] }, or undefined where the nets were not measured. */
export async function measurePointwise(measured) {
  const timed = pointwisePlanes().flatMap(({ size, channels }) => {
    const [few, many] = [2, 6].map((count) => measured[`pointwise-${size}-${count} 1`]?.ours.microseconds);
    if (!few || !many) return [];
    const nonZeros = Math.round((1 - nets[`pointwise-${size}-2`].zeros) * channels ** 2);
    return [{ size, channels, gflops: (2 * nonZeros * size ** 2) / ((many - few) / 4) / 1000 }];
  });
  if (timed.length === 0) return undefined;
  const { gflops } = await measureLimits();
  return { gflops, planes: timed.map((plane) => ({ ...plane, ofLimit: plane.gflops / gflops })) };
}
