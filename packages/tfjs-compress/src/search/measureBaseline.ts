import { pack } from '@tfjs-compress/format';
import { checkFinite, type Site } from '@tfjs-compress/layers/internal';
import { codebookOf, roundToPowerOfTwo } from '@tfjs-compress/math';
import { check } from '@tfjs-compress/math/internal';
import { pruned } from '../model/pruned.js';
import { type Estimate, estimatesOf } from './choices.js';
import { assignValues, kernelsOf, restoring } from './kernels.js';
import { multiplyAddsOf } from './multiplyAddsOf.js';
import type { Start } from './Start.js';
import { noiseOf, roughly, scoreOf } from './scoreOf.js';
import type { Baseline, Evaluate, KernelBaseline, KernelPlan } from './types.js';

/** Tried on each kernel alone: what a search finds is near the last ones. */
const probes: KernelPlan[] = [
  ...[0.5, 0.75, 0.9, 0.95, 0.98].map((sparsity) => ({ sparsity, bits: 32 })),
  ...[4, 3, 2].map((bits) => ({ sparsity: 0, bits })),
];

/**
 * What the start model is, and how its score depends on each kernel: measured without
 * training, one kernel at a time.
 *
 * @throws Error when nothing can be compressed, ArgumentError when `evaluate` gives no
 *   score.
 */
export async function measureBaseline(
  start: Start,
  evaluate: Evaluate,
  onProgress: (fraction: number) => void = () => {},
): Promise<Baseline> {
  const { model, dispose } = await start.copy();
  try {
    const { each: _, ...all } = await scoreOf(evaluate, model);
    const few = await scoreOf(evaluate, model, { examples: roughly });
    const sites = kernelsOf(model);
    check(sites.length > 0, 'model', 'a trainable dense, convolution, embedding or recurrent kernel', 'none');
    const measured: Measured[] = [];
    for (const [i, site] of sites.entries()) {
      measured.push(await measure(site, (fraction) => onProgress((i + fraction) / sites.length)));
    }
    const { positions, total: multiplyAdds } = multiplyAddsOf(start.artifacts, model);
    const scales = scalesOf(measured, noiseOf(few));
    const kernels = measured.map(({ path, values, estimates }, i): [string, KernelBaseline] => {
      const choices = estimates.map(({ distortion, ...choice }) => ({ ...choice, loss: scales[i] * distortion }));
      return [path, { weights: values.length, positions: positions.get(path), choices }];
    });
    const sizeBytes = pack(start.artifacts).length;
    return { ...all, sizeBytes, multiplyAdds, kernels: Object.fromEntries(kernels) };

    async function measure(site: Site, report: (fraction: number) => void): Promise<Measured> {
      return restoring(site.variable, async (values) => {
        checkFinite(values, site.path);
        const drops: Measured['drops'] = [];
        for (const [i, probe] of probes.entries()) {
          const changed = compressed(values, probe);
          assignValues(site.variable, changed);
          const { score } = await scoreOf(evaluate, model, { examples: roughly });
          drops.push({ distortion: distortionOf(values, changed), drop: few.score - score });
          report((i + 1) / probes.length);
        }
        return { path: site.path, values, drops, estimates: estimatesOf(values) };
      });
    }
  } finally {
    dispose();
  }
}

interface Measured {
  path: string;
  values: Float32Array;
  drops: { distortion: number; drop: number }[];
  estimates: Estimate[];
}

/** One-shot, as a callback's last step without training. */
function compressed(values: Float32Array, { sparsity, bits }: KernelPlan): Float32Array {
  const left = pruned(values, sparsity);
  return bits === 32 ? left : roundToPowerOfTwo(left, codebookOf(left, bits, undefined, 'leastError'));
}

function distortionOf(before: Float32Array, after: Float32Array): number {
  let [energy, error] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    energy += before[i] ** 2;
    error += (before[i] - after[i]) ** 2;
  }
  return energy > 0 ? -Math.log(Math.max(1 - error / energy, 1e-6)) : 0;
}

/**
 * What a unit of distortion costs in each kernel. Only the part of the measurements
 * counts that is not near the worst score, where all kernels look alike; and each is
 * drawn to the mean of all, or a kernel whose score moved by chance would be pruned to
 * nothing.
 */
function scalesOf(measured: Pick<Measured, 'drops'>[], noise: number): number[] {
  const worst = Math.max(...measured.flatMap(({ drops }) => drops.map(({ drop }) => drop)), 0);
  const limit = Math.max(0.3 * worst, 2 * noise);
  const used = measured.map(({ drops }) => {
    const below = drops.filter(({ drop }) => drop <= limit);
    return below.length > 0 ? below : [drops.reduce((least, each) => (each.drop < least.drop ? each : least))];
  });
  const sum = (list: { distortion: number; drop: number }[], key: 'distortion' | 'drop') =>
    list.reduce((total, each) => total + Math.max(0, each[key]), 0);
  const all = used.flat();
  const mean = Math.max(sum(all, 'drop'), noise, 1e-9) / Math.max(sum(all, 'distortion'), 1e-9);
  const prior = 0.25 * (sum(all, 'distortion') / used.length);
  return used.map((list) => (sum(list, 'drop') + mean * prior) / (sum(list, 'distortion') + prior || 1));
}
