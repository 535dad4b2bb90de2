import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { FREE, PRUNED } from '@tfjs-compress/math';
import { check, checkKnownOptions } from '@tfjs-compress/math/internal';
import { isMarkedPruned, kernelAt, markPruned } from './attach.js';
import { type CompressionArgs, checkCompressionArgs, isCompressibleLayer, lostConfig } from './compressibleLayer.js';
import { familyClasses } from './layers.js';
import { type Selection, select } from './select.js';
import { findSites, layerOf, type Site } from './sites.js';
import { select as selectByElement } from './straightThrough.js';
import { checkModel, type Layer } from './tfjsCopy.js';
import { writeAsIs } from './writeAsIs.js';

type Family = keyof typeof familyClasses;

export interface CompressibleOptions extends Selection<CompressionArgs & { family?: Family }> {
  /**
   * Which of our layers to use: 'masked' for SurgeryCallback (default), 'powerOfTwo' for
   * INQScheduler. Both callbacks take both.
   */
  family?: Family;
}

/** A layer's config as tfjs writes it, sub-models nested in config.layers. */
interface LayerConfig {
  className: string;
  config: { name: string; layers?: LayerConfig[] } & Record<string, unknown>;
}

const compressionOptions = ['targetSparsity', 'rate', 'bits', 'perChannel'] as const;

/**
 * Rebuilds a model with layers of this package in place of Dense, Conv1D, Conv2D,
 * Conv2DTranspose, DepthwiseConv2D and SeparableConv2D: same names, same connections,
 * same weights, nested models and shared layers included. Layers inside wrappers
 * (TimeDistributed, Bidirectional), recurrent, embedding and other layers stay as they
 * are; the callbacks take those too. The result is not compiled; the given model is left
 * as it is.
 *
 * ```js
 * const pruned = compressible(model, { family: 'masked', overrides: { '*': { targetSparsity: 0.8 } } });
 * console.log(pruned.layers[0].getClassName()); // → MaskedDense
 * ```
 *
 * @throws Error when the model is not built, a selector matches nothing, or nothing in it
 *   can be compressed.
 */
export function compressible<M extends tfl.LayersModel>(model: M, options: CompressibleOptions = {}): M {
  checkModel(model);
  checkKnownOptions(options, ['family', 'include', 'exclude', 'overrides'], 'compressible()');
  const { family = 'masked', ...selection } = options;
  const isFamily = (value: unknown): value is Family =>
    typeof value === 'string' && Object.hasOwn(familyClasses, value);
  check(isFamily(family), 'family', "'masked' or 'powerOfTwo'", family);
  const sites = findSites(model).filter((site) => site.role === 'kernel');
  if (sites.length === 0) {
    throw new Error(
      'compressible(): the model has no kernel that can be compressed (dense, convolution, embedding, recurrent or registered layers).',
    );
  }
  const convertible = sites.filter(isConvertible);
  const chosen = new Map<Layer, CompressionArgs & { family?: Family }>();
  for (const { site, options } of select(convertible, selection, [...compressionOptions, 'family'])) {
    const { family: own, ...compression } = options;
    checkCompressionArgs(compression, `overrides of ${site.path}`);
    check(own === undefined || isFamily(own), `overrides of ${site.path}: family`, "'masked' or 'powerOfTwo'", own);
    chosen.set(layerOf(site), options);
  }
  return rebuild(model, (layer, given) => {
    const options = chosen.get(layer);
    if (!options) return given;
    const { family: own = family, ...compression } = options;
    return { className: familyClasses[own][given.className], config: { ...given.config, ...compression } };
  });
}

/**
 * Whether compressible() can put a layer of this package in the place of the one that
 * owns the weight.
 */
export function isConvertible(site: Site): boolean {
  const around = site.layers.slice(0, -1);
  return around.every(isContainer) && layerOf(site).getClassName() in familyClasses.masked;
}

/**
 * The inverse: a stock model that holds the effective weights, pruned ones as 0. Loads
 * without this package. Works on any model that has layers of this package in it, and
 * leaves the given model as it is.
 *
 * ```js
 * const stock = strip(compressible(model));
 * console.log(stock.layers[0].getClassName()); // → Dense
 * ```
 *
 * @throws Error for what is not a built tf.LayersModel.
 */
export function strip<M extends tfl.LayersModel>(model: M): M {
  checkModel(model);
  return rebuild(model, (layer, given) => {
    if (!isCompressibleLayer(layer)) return given;
    const stock = Object.entries(given.config).filter(
      ([key]) => !(compressionOptions as readonly string[]).includes(key),
    );
    const config = Object.fromEntries(stock) as LayerConfig['config'];
    return { className: given.className.replace(/^(Masked|PowerOfTwo)/, ''), config };
  });
}

/**
 * Builds the model anew from its config, each layer's passed through `convert`, and
 * copies the weights.
 */
function rebuild<M extends tfl.LayersModel>(model: M, convert: (layer: Layer, given: LayerConfig) => LayerConfig): M {
  const convertAll = (container: tfl.LayersModel, configs: LayerConfig[]): LayerConfig[] => {
    const byName = new Map(container.layers.map((layer) => [layer.name, layer]));
    return configs.map((given) => {
      const layer = byName.get(given.config.name)!;
      if (!isContainer(layer)) {
        const whole = { ...given, config: { ...given.config, ...lostConfig(layer) } };
        return { ...whole, ...convert(layer, whole) };
      }
      const layers = convertAll(layer, given.config.layers!);
      return { ...given, config: { ...given.config, layers } };
    });
  };
  const config = structuredClone(model.getConfig()) as unknown as LayerConfig['config'];
  const Class = model.constructor as unknown as {
    fromConfig(cls: unknown, config: unknown, customObjects: object, fastWeightInit: boolean): M;
  };
  // No initializer runs, for its values would be overwritten at once: as loadLayersModel
  // does it.
  const rebuilt = Class.fromConfig(Class, { ...config, layers: convertAll(model, config.layers!) }, {}, true);
  copyWeights(model, rebuilt);
  copyMarks(model, rebuilt);
  return rebuilt;
}

function copyWeights(from: tfl.LayersModel, to: tfl.LayersModel): void {
  const targets = new Map(to.layers.map((layer) => [layer.name, layer]));
  for (const source of from.layers) {
    const target = targets.get(source.name)!;
    if (isContainer(source)) copyWeights(source, target as tfl.LayersModel);
    else tf.tidy(() => copyLayer(source, target));
  }
}

/**
 * By position, the effective values; then, where both have states, those and what is
 * under the mask.
 */
function copyLayer(source: Layer, target: Layer): void {
  const [ours, theirs] = [weightsBeside(source), weightsBeside(target)];
  for (let i = 0; i < ours.length; i++)
    writeAsIs(theirs[i], kernelAt({ variable: ours[i] })?.effective() ?? ours[i].read());
  if (!isCompressibleLayer(source) || !isCompressibleLayer(target)) return;
  for (const [i, kernel] of source.compressibleKernels.entries()) {
    writeAsIs(target.compressibleKernels[i].variable, kernel.variable.read());
    target.compressibleKernels[i].stateVariable!.write(kernel.stateVariable!.read());
  }
}

/** What is known to be pruned: in states where a layer has them, else as a mark. */
function copyMarks(from: tfl.LayersModel, to: tfl.LayersModel): void {
  const targets = new Map(findSites(to).map((site) => [site.path, site]));
  const marked: Site[] = [];
  for (const site of findSites(from)) {
    const target = targets.get(site.path);
    const kernel = kernelAt(site);
    if (!target || !(kernel ? true : isMarkedPruned(from, site))) continue;
    const copy = kernelAt(target);
    if (!copy) marked.push(target);
    else if (!kernel?.stateVariable) markStates(copy.stateVariable!, site.variable.read());
  }
  markPruned(to, marked, () => true);
}

/** States: pruned where a weight is 0, else free. */
function markStates(states: tfl.LayerVariable, weights: tf.Tensor): void {
  tf.tidy(() => {
    states.write(selectByElement(tf.equal(weights, 0), tf.fill(weights.shape, PRUNED), tf.fill(weights.shape, FREE)));
  });
}

/** All weights of a layer but the states. */
function weightsBeside(layer: Layer): tfl.LayerVariable[] {
  const states = isCompressibleLayer(layer) ? layer.compressibleKernels.map((kernel) => kernel.stateVariable) : [];
  return layer.weights.filter((weight) => !states.includes(weight));
}

function isContainer(layer: Layer): layer is tfl.LayersModel {
  return layer instanceof tfl.LayersModel;
}
