import { check, checkKnownOptions } from '@tfjs-compress/math';
import type { CompressionArgs } from './compressibleLayer.js';
import type { Site } from './sites.js';
import type { Layer } from './tfjsCopy.js';

/**
 * Which layers or weights: a layer's name ('dense_1'), its class ('Conv2D', our classes and the built-in ones they
 * extend alike), a weight's path ('lstm/cell/recurrentKernel'), any of these with * for any characters ('conv*'),
 * a RegExp on the path, or a function. A layer that contains others (a nested model, Bidirectional) stands for them all.
 */
export type Selector = string | RegExp | ((layer: Layer) => boolean);

export interface Selection<Options> {
  /** What to take; all compressible weights when left out. */
  include?: Selector | Selector[];
  /** What to leave out of that. */
  exclude?: Selector | Selector[];
  /**
   * Options for some of the layers, by selector string; a later entry wins over an earlier one. Of
   * targetSparsity and rate, of which a layer has one, the later one stays.
   */
  overrides?: Record<string, Options & { skip?: boolean }>;
}

export interface Selected<Options> {
  site: Site;
  options: Partial<Options>;
}

/**
 * Applies a selection to the compressible weights of a model.
 *
 * @param known Names that an override may use, beside skip.
 * @param isDefault What is taken when `include` is left out.
 * @throws Error when a selector matches nothing, an override has an unknown option, or nothing is left.
 */
export function select<Options extends object>(
  sites: Site[],
  selection: Selection<Options>,
  known: readonly (keyof Options & string)[],
  isDefault: (site: Site) => boolean = () => true,
): Selected<Options>[] {
  const matching = (argument: string, selector: Selector): Set<Site> => {
    const found = sites.filter((site) => matches(site, selector));
    if (found.length > 0) return new Set(found);
    throw new Error(
      `${argument}: ${String(selector)} matches no layer with a weight that can be compressed. There are: ` +
        `${sites.map((site) => `${site.path} (${classNames(site).join(' in ')})`).join(', ') || 'none'}.`,
    );
  };
  const union = (argument: string, selectors: Selector | Selector[]): Set<Site> =>
    new Set(toList(selectors).flatMap((selector) => [...matching(argument, selector)]));

  const included =
    selection.include === undefined ? new Set(sites.filter(isDefault)) : union('include', selection.include);
  const excluded = union('exclude', selection.exclude ?? []);
  const options = new Map<Site, Partial<Options> & { skip?: boolean }>();
  for (const [selector, given] of Object.entries(selection.overrides ?? {})) {
    check(given !== null && typeof given === 'object', `overrides['${selector}']`, 'an object of options', given);
    checkKnownOptions(given, [...known, 'skip'], `overrides['${selector}']`);
    for (const site of matching('overrides', selector))
      options.set(site, { ...without(options.get(site), given), ...given });
  }
  const selected: Selected<Options>[] = [];
  for (const site of sites) {
    const { skip, ...rest } = options.get(site) ?? {};
    // An override asks for the layer by name, so it also brings in what the default would leave out.
    const isAsked = included.has(site) || (options.has(site) && selection.include === undefined);
    if (isAsked && !excluded.has(site) && !skip) selected.push({ site, options: rest as Partial<Options> });
  }
  return selected;
}

/** The earlier options less the one that the given ones are instead of. */
function without<Options extends object>(earlier: Options | undefined, given: object): Partial<Options> {
  const kept: Record<string, unknown> = { ...earlier };
  const { targetSparsity, rate } = given as CompressionArgs;
  if (targetSparsity !== undefined) delete kept.rate;
  if (rate !== undefined) delete kept.targetSparsity;
  return kept as Partial<Options>;
}

function toList(selectors: Selector | Selector[]): Selector[] {
  return Array.isArray(selectors) ? selectors : [selectors];
}

function matches(site: Site, selector: Selector): boolean {
  if (typeof selector === 'function') return site.layers.some(selector);
  if (selector instanceof RegExp)
    return new RegExp(selector.source, selector.flags.replace(/[gy]/g, '')).test(site.path);
  const pattern = new RegExp(`^${selector.split('*').map(quote).join('.*')}$`);
  const names = [site.path, ...site.layers.map((layer) => layer.name), ...classNames(site)];
  return names.some((name) => pattern.test(name));
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The classes of the layers around a weight, innermost first; for a layer of ours the built-in class it extends too. */
function classNames(site: Site): string[] {
  return [...site.layers].reverse().flatMap((layer) => {
    const own = (layer.constructor as any).className as string;
    const base = own.replace(/^(Masked|PowerOfTwo)/, '');
    return base === own ? [own] : [own, base];
  });
}
