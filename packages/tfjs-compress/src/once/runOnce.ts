import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { strip } from '@tfjs-compress/layers';
import { findSites, markPruned, type Site, writeAsIs } from '@tfjs-compress/layers/internal';
import { axisOf, ChannelMoments, type Normalization, normalizationAfter } from './batchNorm.js';
import { type CompressedKernel, pruneKernel, quantizeKernel } from './compressKernel.js';
import { Flow } from './Flow.js';
import { gridOf, type Levels } from './grids.js';
import { layoutOf, meanOutputs } from './layout.js';
import { Moments } from './Moments.js';
import { type Trace, traceGraph } from './traceGraph.js';
import type { Turns } from './turns.js';
import { type Unit, unitsOf } from './units.js';
import { owner, type Watched, watch } from './watch.js';

/** What is to become of each kernel. */
export type Goal = { levels: Levels; bits: number } | { sparsity: number };

export interface Run {
  model: LayersModel;
  /** What has to be said about it. */
  notes: string[];
}

export interface RunOptions {
  select: (sites: Site[]) => Site[];
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
  const copy = strip(model);
  const work = new Work(copy, examples, goal, options);
  try {
    await work.run();
    return { model: copy, notes: work.notes };
  } catch (error) {
    copy.dispose();
    throw error;
  } finally {
    work.dispose();
  }
}

class Work {
  readonly notes: string[] = [];
  readonly #model: LayersModel;
  readonly #trace: Trace;
  readonly #flow: Flow;
  readonly #sites: Site[];
  readonly #units: Unit[];
  readonly #goal: Goal;
  readonly #options: RunOptions;
  /** Of the model as it was: the means of each kernel's inputs, the moments of each normalization's. */
  readonly #means = new Map<Site, Float64Array[]>();
  readonly #moments = new Map<Normalization, ChannelMoments>();
  /** By how much the inputs of a normalization have to be multiplied to be what they were. */
  readonly #scales = new Map<Normalization, Float64Array>();

  constructor(model: LayersModel, examples: tf.Tensor[], goal: Goal, options: RunOptions) {
    this.#model = model;
    this.#trace = traceGraph(model);
    this.#flow = new Flow(this.#trace, examples, options.batchSize);
    this.#sites = options.select(findSites(model));
    this.#units = unitsOf(this.#trace, this.#sites);
    this.#goal = goal;
    this.#options = options;
  }

  async run(): Promise<void> {
    await this.#lookAtModel();
    for (const [u, unit] of this.#units.entries()) {
      if ('normalization' in unit) await this.#normalize(unit.normalization, unit.steps, this.#between(u + 1));
      else await this.#compress(unit.sites, unit.steps, this.#between(u + 1));
    }
    if ('sparsity' in this.#goal) markPruned(this.#model, this.#sites, () => true);
    this.#options.onProgress?.(1);
  }

  dispose(): void {
    this.#flow.dispose();
  }

  /** What happens between two batches of a pass over the examples. */
  #between(pass: number): () => Promise<void> {
    const passes = this.#units.length + 1;
    let batches = 0;
    return async () => {
      this.#options.onProgress?.((pass + ++batches / (this.#flow.count + 1)) / passes);
      await this.#options.turns.pause();
    };
  }

  async #lookAtModel(): Promise<void> {
    const watched = new Map(this.#sites.map((site) => [site, new Moments(layoutOf(site).sizes, false)]));
    const at = new Map<number, Unit[]>();
    for (const unit of this.#units) for (const s of unit.steps) at.set(s, [...(at.get(s) ?? []), unit]);
    for (const unit of this.#units)
      if ('normalization' in unit) this.#moments.set(unit.normalization, new ChannelMoments());
    const between = this.#between(0);
    await this.#flow.visit(
      [...at.keys()].sort((a, b) => a - b),
      async (s, inputs, batch) => {
        for (const unit of at.get(s)!) {
          if ('normalization' in unit) {
            await this.#moments.get(unit.normalization)!.add(inputs[0], axisOf(unit.normalization, inputs[0].rank));
            continue;
          }
          const own: Watched = new Map(unit.sites.map((site) => [site, watched.get(site)!]));
          await this.#sum(own, s, inputs, batch);
        }
      },
      between,
    );
    for (const [site, moments] of watched) this.#means.set(site, moments.means);
  }

  async #sum(watched: Watched, s: number, inputs: tf.Tensor[], batch: number): Promise<void> {
    watch(watched, this.#trace.steps[s], inputs, batch, this.#flow.count);
    for (const moments of watched.values()) await moments.read();
  }

  async #compress(sites: Site[], steps: number[], between: () => Promise<void>): Promise<void> {
    const watched: Watched = new Map(sites.map((site) => [site, new Moments(layoutOf(site).sizes, true)]));
    await this.#flow.visit(steps, (s, inputs, batch) => this.#sum(watched, s, inputs, batch), between);
    for (const [site, moments] of watched) await this.#compressKernel(site, moments, steps);
  }

  async #compressKernel(site: Site, moments: Moments, steps: number[]): Promise<void> {
    const layout = layoutOf(site);
    const values = await read(site.variable);
    const isLast =
      ['kernel', 'pointwiseKernel'].includes(site.field) || owner(site).getClassName() === 'DepthwiseConv2D';
    const isStep = this.#trace.steps[steps[0]].layer === owner(site);
    const after = isLast && isStep ? normalizationAfter(this.#trace, steps[0]) : undefined;
    this.#note(site, moments);
    const means = moments.means;
    if (after) moments.center();
    moments.damp();
    const result = await this.#options.turns.run(
      'sparsity' in this.#goal
        ? pruneKernel(values, layout, moments.hessians, this.#goal.sparsity, after && (await importanceOf(after)))
        : quantizeKernel(
            values,
            layout,
            moments.hessians,
            gridOf(this.#goal.levels, this.#goal.bits),
            layout.isWhole && after !== undefined,
          ),
    );
    write(site.variable, result.values);
    if (after) await this.#rescale(site, after, result);
    else if (isLast || site.field === 'recurrentKernel') {
      const { bias } = owner(site) as unknown as { bias?: LayerVariable };
      const channels = site.channels.count;
      if (bias?.shape.length !== 1 || bias.shape[0] !== channels || moments.count === 0) return;
      const before = meanOutputs(values, layout, this.#means.get(site)!, channels);
      const now = meanOutputs(result.values, layout, means, channels);
      const given = await read(bias);
      write(
        bias,
        given.map((value, c) => value + before[c] - now[c]),
      );
    }
  }

  #note(site: Site, moments: Moments): void {
    if (moments.isUnknown)
      this.notes.push(`${site.path}: what this kernel is multiplied with is not known; it was compressed by itself.`);
    else if (moments.hessians.every((h) => h.every((value) => value === 0)))
      this.notes.push(`${site.path}: all its inputs are 0 for these examples; it was compressed by itself.`);
  }

  /** Puts the scales of a kernel's outputs into the normalization after it. */
  async #rescale(site: Site, after: Normalization, { scales }: CompressedKernel): Promise<void> {
    if (!scales) return;
    this.#scales.set(after, scales);
    const { bias } = owner(site) as unknown as { bias?: LayerVariable };
    const change = async (weight: LayerVariable, by: (value: number, scale: number) => number) =>
      write(
        weight,
        (await read(weight)).map((value, c) => by(value, scales[c])),
      );
    if (bias) await change(bias, (value, scale) => value / scale);
    await change(after.gamma!, (value, scale) => value * scale);
    await change(after.movingMean, (value, scale) => value / scale);
  }

  async #normalize(layer: Normalization, steps: number[], between: () => Promise<void>): Promise<void> {
    const now = new ChannelMoments();
    await this.#flow.visit(steps, (_, inputs) => now.add(inputs[0], axisOf(layer, inputs[0].rank)), between);
    const before = this.#moments.get(layer)!;
    const [means, variances, were] = [await read(layer.movingMean), await read(layer.movingVariance), before.variance];
    const are = now.variance;
    const scaleOf = (c: number) => this.#scales.get(layer)?.[c] ?? 1;
    write(
      layer.movingMean,
      means.map((mean, c) => mean + now.mean[c] - before.mean[c] / scaleOf(c)),
    );
    // By the ratio, as the statistics of training are not those of the examples.
    const ratio = (c: number) => (scaleOf(c) ** 2 * are[c]) / were[c];
    write(
      layer.movingVariance,
      variances.map((variance, c) => variance * (were[c] > 0 && ratio(c) > 0 ? ratio(c) : 1)),
    );
  }
}

async function importanceOf({ gamma, movingVariance, epsilon }: Normalization): Promise<Float64Array> {
  const variances = await read(movingVariance);
  return Float64Array.from(await read(gamma!), (value, c) => value ** 2 / (variances[c] + epsilon));
}

function read(variable: { read(): tf.Tensor }): Promise<Float32Array> {
  return variable.read().data<'float32'>();
}

function write(variable: LayerVariable, values: Float32Array): void {
  tf.tidy(() => writeAsIs(variable, tf.tensor(values, variable.shape as number[])));
}
