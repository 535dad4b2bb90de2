import type { CompressibleKernel } from '@tfjs-compress/layers';
import { layerOf, type Selected, type Site, select } from '@tfjs-compress/layers/internal';
import type { Target } from './CompressionMethod.js';
import type { SurgeryOptions, SurgeryOverride, SurgeryPhase } from './surgeryArgs.js';
import type { Window } from './surgeryPlan.js';

/** The windows of the kernels that phases select, by path; the first phase counts. */
export function windowsOf(all: Site[], phases: SurgeryPhase[]): Map<string, Window> {
  const kernels = all.filter((site) => site.role === 'kernel');
  const windows = new Map<string, Window>();
  for (const { include, beginStep, endStep } of phases) {
    for (const { site } of select(kernels, { include }, [])) {
      if (!windows.has(site.path)) windows.set(site.path, { beginStep, endStep });
    }
  }
  return windows;
}

/** Each layer's bias behind the first of its kernels, whose options it takes. */
export function withBiases(kernels: Selected<SurgeryOverride>[], all: Site[]): Selected<SurgeryOverride>[] {
  const seen = new Set<unknown>();
  return kernels.flatMap((kernel) => {
    const layer = layerOf(kernel.site);
    const bias = seen.has(layer) ? undefined : all.find((site) => site.role === 'bias' && layerOf(site) === layer);
    seen.add(layer);
    return bias ? [kernel, { site: bias, options: kernel.options }] : [kernel];
  });
}

/**
 * The nearest of override, layer and callback that names one of targetSparsity and rate;
 * with scope 'model' the callback.
 */
export function aimOf(
  site: Site,
  override: Partial<SurgeryOverride>,
  options: SurgeryOptions,
): SurgeryOverride | undefined {
  const own = (layerOf(site) as { compression?: SurgeryOverride }).compression ?? {};
  const levels: SurgeryOverride[] = options.scope === 'model' ? [options] : [override, own, options];
  return levels.find(({ targetSparsity, rate }) => targetSparsity !== undefined || rate !== undefined);
}

/** The options that a kept run must go on with, and what they come to for each kernel. */
export function settingsOf(
  selected: Selected<SurgeryOverride>[],
  options: SurgeryOptions,
  windows: Map<string, Window>,
): Record<string, unknown> {
  const { beginStep, endStep = null, frequency = null, gamma, power, pruneBias, thresholdsFrom, scope, seed } = options;
  const entries = selected.map(({ site, options: override }) => {
    const { targetSparsity, rate } = aimOf(site, override, options) ?? {};
    const hysteresis = override.hysteresis ?? options.hysteresis;
    return [site.path, { targetSparsity, rate, hysteresis, ...windows.get(site.path) }];
  });
  const kernels = Object.fromEntries(entries);
  return { beginStep, endStep, frequency, gamma, power, pruneBias, thresholdsFrom, scope, seed, kernels };
}

/**
 * The values of a layer's bias, in a list, which is empty where there is none. Those
 * under the mask are included, so that a layer's kernels find the same ones, whichever
 * comes first.
 */
export async function biasValues(
  { owner }: CompressibleKernel,
  targets: readonly Target<SurgeryOverride>[],
): Promise<Float32Array[]> {
  const target = targets.find(({ kernel }) => kernel.site.role === 'bias' && kernel.owner === owner);
  if (target) return [await target.kernel.values()];
  const { bias } = owner as unknown as { bias?: { read(): { data(): Promise<unknown> } } | null };
  return bias ? [(await bias.read().data()) as Float32Array] : [];
}
