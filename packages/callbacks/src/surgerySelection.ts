import { layerOf, type Selected, type Site, select } from '@tfjs-compress/layers/internal';
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
