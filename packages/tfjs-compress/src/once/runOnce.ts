import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { strip } from '@tfjs-compress/layers';
import { findSites, layerOf, markPruned, type Selected, type Site } from '@tfjs-compress/layers/internal';
import {
  axisOf,
  importanceOf,
  inverseSlopes,
  type Normalization,
  normalizationAfter,
  normalizeBy,
} from './batchNorm.js';
import { ChannelFit, ChannelMoments } from './ChannelFit.js';
import { type CompressedKernel, pruneKernel, quantizeKernel } from './compressKernel.js';
import { disposeModel } from './disposeModel.js';
import { Flow, type Inputs } from './Flow.js';
import { gridOf, type Levels } from './grids.js';
import { layoutOf, meanOutputs } from './layout.js';
import { Moments } from './Moments.js';
import type { OnceOverride } from './onceArgs.js';
import { refitted } from './refitted.js';
import { chanceOf, type Sums } from './Sums.js';
import { shortfallOf, summandsBeside } from './shortfall.js';
import { type Trace, traceGraph } from './traceGraph.js';
import type { Turns } from './turns.js';
import { type Unit, unitsOf } from './units.js';
import { read, write } from './variables.js';
import { watch } from './watch.js';

/** What is to become of each kernel. */
export type Goal = { levels: Levels; bits: number } | { sparsity: number };

export interface Run {
  model: LayersModel;
  /** What has to be said about it. */
  notes: string[];
}

export interface RunOptions {
  select: (sites: Site[]) => Selected<OnceOverride>[];
  batchSize: number;
  turns: Turns;
  onProgress?: (fraction: number) => void;
}

/** Compresses a copy of a model, layer by layer. */
export async function runOnce(
  model: LayersModel,
  examples: tf.Tensor[],
  goal: Goal,
  options: RunOptions,
): Promise<Run> {
  // Two: what runs is not the given model, whose stateful layers would keep something of
  // it.
  const [copy, original] = [strip(model), strip(model)];
  const work = new Work(copy, original, examples, goal, options);
  try {
    await work.run();
    // Stateful layers keep nothing of the examples.
    copy.resetStates();
    return { model: copy, notes: work.notes };
  } catch (error) {
    disposeModel(copy);
    throw error;
  } finally {
    work.dispose();
    disposeModel(original);
  }
}

class Work {
  readonly notes: string[] = [];
  readonly #model: LayersModel;
  readonly #trace: Trace;
  readonly #original: Trace;
  /** The sites of the model as it was, by path. */
  readonly #originals: Map<string, Site>;
  readonly #flow: Flow;
  readonly #sites: Site[];
  /** Of those that have a number of their own. */
  readonly #bits: Map<Site, number | undefined>;
  readonly #units: Unit[];
  readonly #goal: Goal;
  readonly #options: RunOptions;
  /**
   * By how much the inputs of a normalization have to be multiplied to be what they were.
   */
  readonly #scales = new Map<Normalization, Float64Array>();

  constructor(model: LayersModel, original: LayersModel, examples: tf.Tensor[], goal: Goal, options: RunOptions) {
    this.#model = model;
    this.#trace = traceGraph(model);
    this.#original = traceGraph(original);
    this.#originals = new Map(findSites(original).map((site) => [site.path, site]));
    // At least two batches: what one half of the examples shows is checked on the other.
    const most = Math.ceil(examples[0].shape[0] / 2);
    const size = model.inputs[0].shape[0] ?? Math.min(options.batchSize, most);
    this.#flow = new Flow(this.#trace, this.#original, examples, size);
    const selected = options.select(findSites(model));
    this.#sites = selected.map(({ site }) => site);
    this.#bits = new Map(selected.map(({ site, options: { bits } }) => [site, bits]));
    this.#units = unitsOf(this.#trace, this.#sites);
    this.#goal = goal;
    this.#options = options;
  }

  async run(): Promise<void> {
    await this.#flow.measure();
    for (const [u, unit] of this.#units.entries()) {
      if ('normalization' in unit) await this.#normalize(unit.normalization, unit.steps, this.#between(u));
      else await this.#compress(unit.sites, unit.steps, this.#between(u));
    }
    if ('sparsity' in this.#goal) markPruned(this.#model, this.#sites, () => true);
    this.#options.onProgress?.(1);
  }

  dispose(): void {
    this.#flow.dispose();
  }

  /** What happens between two batches of a pass over the examples. */
  #between(pass: number): () => Promise<void> {
    let batches = 0;
    return async () => {
      this.#options.onProgress?.((pass + ++batches / (this.#flow.count + 1)) / this.#units.length);
      await this.#options.turns.pause();
    };
  }

  async #compress(sites: Site[], steps: number[], between: () => Promise<void>): Promise<void> {
    const moments = sites.map((site) => new Moments(layoutOf(site).sizes));
    const originals = sites.map(({ path }) => this.#originals.get(path)!);
    const beside = steps.length === 1 && sites.length === 1 ? this.#besideOf(sites[0], steps[0]) : [];
    const visit = async (s: number, inputs: Inputs, batch: number) => {
      const now = { layer: this.#trace.steps[s].layer, sites };
      const before = { layer: this.#original.steps[s].layer, sites: originals };
      const shortfall = shortfallOf(beside, inputs, now.layer.outputShape as number[]);
      try {
        watch(moments, before, now, inputs, batch, this.#flow.count, shortfall);
        for (const each of moments) await each.read(batch);
      } finally {
        shortfall?.dispose();
      }
    };
    await this.#flow.visit(steps, visit, between);
    for (const [i, site] of sites.entries()) await this.#compressKernel(site, moments[i], steps);
  }

  /** The values that a kernel's outputs are added to, if it is known what they lack. */
  #besideOf(site: Site, step: number): number[] {
    const isDirect = site.field === 'kernel' && layerOf(site) === this.#trace.steps[step].layer;
    if (!isDirect || layoutOf(site).sizes.length > 1) return [];
    return summandsBeside(this.#trace, step);
  }

  async #compressKernel(site: Site, moments: Moments, steps: number[]): Promise<void> {
    const layout = layoutOf(site);
    const values = await read(site.variable);
    const isLast =
      ['kernel', 'pointwiseKernel'].includes(site.field) || layerOf(site).getClassName() === 'DepthwiseConv2D';
    const isStep = this.#trace.steps[steps[0]].layer === layerOf(site);
    const after = isLast && isStep ? normalizationAfter(this.#trace, steps[0]) : undefined;
    const bias = !after && (isLast || site.field === 'recurrentKernel') ? biasOf(site) : undefined;
    const { halves } = moments;
    const all = halves[0].plus(halves[1]);
    this.#note(site, moments, all);
    const { means, meansBefore, count } = all;
    const lacking = all.shortfallTotals.map((total) => total / Math.max(1, count));
    // What the bias or the normalization makes up for need not be looked at.
    if (after || bias) for (const each of [all, ...halves]) if (each.count > 0) each.center();
    if (after) await this.#toInputs(after, [all, ...halves]);
    const chance = chanceOf(...halves);
    for (const each of halves) each.damp(chance);
    all.damp(chance);
    const { turns } = this.#options;
    const wanted = await turns.run(refitted(values, layout, halves, all));
    const result = await turns.run(
      'sparsity' in this.#goal
        ? pruneKernel(wanted, layout, all.hessians, this.#goal.sparsity, after && (await importanceOf(after)))
        : quantizeKernel(
            wanted,
            layout,
            all.hessians,
            gridOf(this.#goal.levels, this.#bits.get(site) ?? this.#goal.bits),
            layout.isWhole && after !== undefined,
          ),
    );
    write(site.variable, result.values);
    if (after) await this.#rescale(site, after, result);
    if (!bias || count === 0) return;
    const channels = site.channels.count;
    const before = meanOutputs(values, layout, meansBefore, channels);
    const now = meanOutputs(result.values, layout, means, channels);
    const given = await read(bias);
    write(
      bias,
      given.map((value, c) => value + before[c] - now[c] + (lacking[c] ?? 0)),
    );
  }

  /** What outputs of the normalization lack, as what its inputs lack. */
  async #toInputs(after: Normalization, sums: Sums[]): Promise<void> {
    if (sums.every(({ shortfalls }) => shortfalls.length === 0)) return;
    const by = await inverseSlopes(after);
    for (const { shortfalls } of sums)
      for (const [n, row] of shortfalls.entries()) for (let j = 0; j < row.length; j++) row[j] *= by[n];
  }

  #note(site: Site, moments: Moments, { hessians }: Sums): void {
    if (moments.isUnknown)
      this.notes.push(`${site.path}: what this kernel is multiplied with is not known; it was compressed by itself.`);
    else if (hessians.every((h) => h.every((value) => value === 0)))
      this.notes.push(`${site.path}: all its inputs are 0 for these examples; it was compressed by itself.`);
  }

  /** Puts the scales of a kernel's outputs into the normalization after it. */
  async #rescale(site: Site, after: Normalization, { scales }: CompressedKernel): Promise<void> {
    if (!scales) return;
    this.#scales.set(after, scales);
    const { bias } = layerOf(site) as unknown as { bias?: LayerVariable };
    const change = async (weight: LayerVariable, by: (value: number, scale: number) => number) =>
      write(
        weight,
        (await read(weight)).map((value, c) => by(value, scales[c])),
      );
    if (bias) await change(bias, (value, scale) => value / scale);
    await change(after.gamma!, (value, scale) => value * scale);
    await change(after.movingMean, (value, scale) => value / scale);
  }

  /**
   * Fits the normalization so that what comes out is nearest to what it has to be. The
   * moving averages stay those of its inputs, so that training can go on from here.
   */
  async #normalize(layer: Normalization, steps: number[], between: () => Promise<void>): Promise<void> {
    const [fit, original] = [new ChannelFit(), new ChannelMoments()];
    const rank = layer.outputShape.length;
    const axis = axisOf(layer, rank);
    const isAlone = steps.length === 1 && axis === rank - 1;
    const beside = isAlone ? summandsBeside(this.#trace, steps[0]) : [];
    const scales = this.#scales.get(layer) ?? (await read(layer.movingMean)).map(() => 1);
    const slopes = (await inverseSlopes(layer)).map((value, c) => value * scales[c]);
    const shape = new Array<number>(rank).fill(1);
    shape[axis] = scales.length;
    const visit = async (_: number, { before, now, other }: Inputs) => {
      const shortfall = shortfallOf(beside, { before, now, other }, layer.outputShape as number[]);
      const [wanted, given] = tf.tidy(() => [
        shortfall ? tf.add(before[0], tf.mul(shortfall, tf.tensor1d(slopes))) : tf.clone(before[0]),
        tf.mul(now[0], tf.tensor([...scales], shape)),
      ]);
      try {
        await fit.add(wanted, given, axis);
        await original.add(before[0], axis);
      } finally {
        tf.dispose([wanted, given, shortfall ?? []]);
      }
    };
    await this.#flow.visit(steps, visit, between);
    await normalizeBy(layer, fit, original, scales);
  }
}

/**
 * A bias for each output of a kernel, which can make up for a change of the outputs'
 * means.
 */
function biasOf(site: Site): LayerVariable | undefined {
  const { bias } = layerOf(site) as unknown as { bias?: LayerVariable };
  return bias?.shape.length === 1 && bias.shape[0] === site.channels.count ? bias : undefined;
}
