import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { strip } from '@tfjs-compress/layers';
import { findSites, markPruned, type Site, writeAsIs } from '@tfjs-compress/layers/internal';
import { axisOf, ChannelMoments, type Normalization, normalizationAfter } from './batchNorm.js';
import { type CompressedKernel, pruneKernel, quantizeKernel } from './compressKernel.js';
import { disposeModel } from './disposeModel.js';
import { Flow, type Inputs } from './Flow.js';
import { gridOf, type Levels } from './grids.js';
import { layoutOf, meanOutputs, refitted } from './layout.js';
import { Moments } from './Moments.js';
import { type Trace, traceGraph } from './traceGraph.js';
import type { Turns } from './turns.js';
import { type Unit, unitsOf } from './units.js';
import { owner, watch } from './watch.js';

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
  // Two: what runs is not the given model, whose stateful layers would keep something of it.
  const [copy, original] = [strip(model), strip(model)];
  const work = new Work(copy, original, examples, goal, options);
  try {
    await work.run();
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
  readonly #units: Unit[];
  readonly #goal: Goal;
  readonly #options: RunOptions;
  /** By how much the inputs of a normalization have to be multiplied to be what they were. */
  readonly #scales = new Map<Normalization, Float64Array>();

  constructor(model: LayersModel, original: LayersModel, examples: tf.Tensor[], goal: Goal, options: RunOptions) {
    this.#model = model;
    this.#trace = traceGraph(model);
    this.#original = traceGraph(original);
    this.#originals = new Map(findSites(original).map((site) => [site.path, site]));
    this.#flow = new Flow(this.#trace, this.#original, examples, options.batchSize);
    this.#sites = options.select(findSites(model));
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
    const visit = async (s: number, inputs: Inputs, batch: number) => {
      const now = { layer: this.#trace.steps[s].layer, sites };
      const before = { layer: this.#original.steps[s].layer, sites: originals };
      watch(moments, before, now, inputs, batch, this.#flow.count);
      for (const each of moments) await each.read();
    };
    await this.#flow.visit(steps, visit, between);
    for (const [i, site] of sites.entries()) await this.#compressKernel(site, moments[i], steps);
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
    const { turns } = this.#options;
    const wanted = await turns.run(refitted(values, layout, moments));
    const result = await turns.run(
      'sparsity' in this.#goal
        ? pruneKernel(wanted, layout, moments.hessians, this.#goal.sparsity, after && (await importanceOf(after)))
        : quantizeKernel(
            wanted,
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
      const before = meanOutputs(values, layout, moments.meansBefore, channels);
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
    const [before, now] = [new ChannelMoments(), new ChannelMoments()];
    await this.#flow.visit(
      steps,
      async (_, inputs) => {
        await before.add(inputs.before[0], axisOf(layer, inputs.before[0].rank));
        await now.add(inputs.now[0], axisOf(layer, inputs.now[0].rank));
      },
      between,
    );
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
