import { check, checkKnownOptions } from '@tfjs-compress/math/internal';
import type { CompressionArgs } from './compressibleLayer.js';
import type { Site } from './sites.js';
import type { Layer } from './tfjsCopy.js';

/**
 * Which layers or weights: a layer's name ('dense_1'), its class ('Conv2D', our classes
 * and the built-in ones they extend alike), a weight's path
 * ('lstm/cell/recurrentKernel'), any of these with * for any characters ('conv*'), a
 * RegExp on the path, or a function. A layer that contains others (a nested model,
 * Bidirectional) stands for them all.
 */
export type Selector = string | RegExp | ((layer: Layer) => boolean);

export interface Selection<Options> {
  /** What to take; all compressible weights when left out. */
  include?: Selector | Selector[];
  /** What to leave out of that. */
  exclude?: Selector | Selector[];
  /**
   * Options for some of the layers, by selector string; a later entry wins over an
   * earlier one. Of targetSparsity and rate, of which a layer has one, the later one
   * stays. Without `include`, the name or path of a layer that is not trained takes it
   * in; a pattern or a class does not.
   */
  overrides?: Record<string, Options & { skip?: boolean }>;
}

export interface Selected<Options> {
  site: Site;
  options: Partial<Options>;
}

/** @throws ArgumentError unless `value` is a selector or a list of at least one. */
export function checkSelectors(value: unknown, argument: string): void {
  const expected = 'a layer name, a class, a path, a pattern with *, a RegExp, a function, or a list of these';
  const isSelector = (s: unknown): s is Selector =>
    (typeof s === 'string' && s !== '') || s instanceof RegExp || typeof s === 'function';
  const ok = Array.isArray(value) ? value.length > 0 && value.every(isSelector) : isSelector(value);
  check(ok, argument, expected, value);
}

/**
 * Applies a selection to the compressible weights of a model.
 *
 * @param known Names that an override may use, beside skip.
 * @param isDefault What is taken when `include` is left out.
 * @throws ArgumentError for what is not a selector; Error when a selector matches
 *   nothing, an override nothing that is selected, or an override has an unknown option.
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
  const union = (argument: 'include' | 'exclude'): Set<Site> | undefined => {
    const selectors = selection[argument];
    if (selectors === undefined) return undefined;
    checkSelectors(selectors, argument);
    return new Set(toList(selectors).flatMap((selector) => [...matching(argument, selector)]));
  };

  const included = union('include') ?? new Set(sites.filter(isDefault));
  const excluded = union('exclude') ?? new Set();
  const overrides = Object.entries(selection.overrides ?? {});
  if (selection.include === undefined) {
    for (const site of sites) if (overrides.some(([selector]) => isNamed(site, selector))) included.add(site);
  }
  const chosen = sites.filter((site) => included.has(site) && !excluded.has(site));
  const options = new Map<Site, Partial<Options> & { skip?: boolean }>();
  for (const [selector, given] of overrides) {
    check(given !== null && typeof given === 'object', `overrides['${selector}']`, 'an object of options', given);
    checkKnownOptions(given, [...known, 'skip'], `overrides['${selector}']`);
    const found = matching('overrides', selector);
    if (!chosen.some((site) => found.has(site))) {
      throw new Error(
        `overrides: ${selector} matches only what is not selected (by include, by exclude, or because it is not ` +
          `trained): ${[...found].map(({ path }) => path).join(', ')}. Selected are: ` +
          `${chosen.map(({ path }) => path).join(', ') || 'none'}.`,
      );
    }
    for (const site of found) options.set(site, { ...without(options.get(site), given), ...given });
  }
  return chosen.flatMap((site) => {
    const { skip, ...rest } = options.get(site) ?? {};
    return skip ? [] : [{ site, options: rest as Partial<Options> }];
  });
}

/**
 * Whether that is the site's path or the name of one of its layers, not a pattern or a
 * class.
 */
function isNamed(site: Site, selector: string): boolean {
  return selector === site.path || site.layers.some((layer) => layer.name === selector);
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

/**
 * The classes of the layers around a weight, innermost first; for a layer of ours the
 * built-in class it extends too.
 */
function classNames(site: Site): string[] {
  return [...site.layers].reverse().flatMap((layer) => {
    const own = (layer.constructor as any).className as string;
    const base = own.replace(/^(Masked|PowerOfTwo)/, '');
    return base === own ? [own] : [own, base];
  });
}
