import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { MemoryHandler } from '../memoryHandler.js';
import { checkAfterwards, checkSameFigures } from './afterwards.js';
import type { Api } from './api.js';
import { type Case, isDataset, isStopped, optimizers } from './axes.js';
import { batches } from './batches.js';
import { RegisteredLayer } from './customLayer.js';
import { type HeldKernel, kernelsOf, readKernels } from './kernels.js';
import { buildModel, compile, type Problem, problemOf, samples } from './model.js';
import { type Observer, observe } from './observe.js';
import { trainByHand } from './ownLoop.js';
import { printedBy } from './printed.js';
import { dnsThresholds } from './reference.js';
import { type Asked, type FitSeen, Truth } from './Truth.js';

const steps = [0.4, 0.75, 1];
const targetSparsity = 0.6;
const rate = 0.2;
const epochs = 6;

/** Runs the fits of a case and says what was not as it should be: nothing, if all is well. */
export async function runCase(c: Case, api: Api): Promise<string[]> {
  if (c.situation === 'registered layer') api.registerCompressible(RegisteredLayer, ['custom']);
  const run = new CaseRun(c, api);
  await run.run();
  run.dispose();
  return run.findings;
}

interface FitOptions {
  asked: Asked;
  make: () => tfl.CustomCallback[];
  /** Stop after this epoch. */
  stopAfter?: number;
  initialEpoch?: number;
  isFinished: boolean;
}

class CaseRun {
  readonly findings: string[] = [];
  private readonly problem: Problem;
  private readonly validation: Problem;
  private readonly batchSize: number;
  private models: tfl.LayersModel[] = [];

  constructor(
    private readonly c: Case,
    private readonly api: Api,
  ) {
    this.problem = problemOf(c);
    this.validation = problemOf(c, 2);
    const { situation } = c;
    this.batchSize = situation === 'batch larger than the data' ? 2 * samples : situation === 'one batch' ? samples : 8;
  }

  dispose(): void {
    for (const model of this.models) {
      const { optimizer } = model;
      model.dispose();
      optimizer?.dispose();
    }
    tf.dispose([this.problem.x, this.problem.y, this.validation.x, this.validation.y] as never);
  }

  async run(): Promise<void> {
    const { c } = this;
    const model = this.own(buildModel(c, this.api));
    if (c.plan !== 'target then inq') return this.runPlan(model, c.plan);
    await this.runPlan(model, 'target', false);
    const pruned = readKernels(kernelsOf(model));
    await this.runPlan(model, 'inq', true);
    for (const [path, values] of readKernels(kernelsOf(model))) {
      const back = values.filter((value, i) => value !== 0 && pruned.get(path)![i] === 0).length;
      if (back > 0 && this.isSelected(path)) this.findings.push(`${back} pruned weights of ${path} came back with INQ`);
    }
  }

  private own(model: tfl.LayersModel): tfl.LayersModel {
    this.models.push(model);
    return model;
  }

  private isSelected = (path: string): boolean => {
    const { situation } = this.c;
    if (/^somebodys\//.test(path)) return situation === 'registered layer';
    return !(/^head\//.test(path) && (situation === 'frozen layer' || situation === 'excluded layer'));
  };

  /** One plan, in one fit, or in two with a pause between them. */
  private async runPlan(first: tfl.LayersModel, plan: string, isPruned = false): Promise<void> {
    const { situation } = this.c;
    const keep = situation.startsWith('stopped, keep');
    const options = {
      ...(keep && { whenStopped: 'keep' }),
      ...(situation === 'excluded layer' && { exclude: 'head' }),
    };
    const inq = () => new this.api.INQScheduler({ steps, bits: this.c.bits, ...options });
    // How long an epoch is cannot be known.
    const window = situation === 'dataset of unknown size' ? { endStep: 5 } : {};
    const surgery = (by: object) => new this.api.SurgeryCallback({ ...by, ...window, ...options });
    const makers: Record<string, () => tfl.CustomCallback> = {
      inq,
      target: () => surgery({ targetSparsity }),
      rate: () => surgery({ rate }),
    };
    const parts = plan.split('+');
    const asked: Asked = {
      ...(parts.includes('inq') && { inq: { bits: this.c.bits, steps } }),
      ...(parts.includes('target') && { surgery: { targetSparsity } }),
      ...(parts.includes('rate') && { surgery: {} }),
    };
    const make = () => parts.map((part) => makers[part]());
    const truth = new Truth(asked, {
      isSelected: this.isSelected,
      hasFreeZeros: ['zero kernel', 'nonNeg', 'registered layer'].includes(situation),
      isPruned,
    });
    const stopAfter = isStopped(situation) ? 1 + (this.c.bits % 3) : undefined;
    let model = first;
    await this.fit(model, truth, { asked, make, stopAfter, isFinished: !keep });
    if (keep) {
      if (situation.endsWith('loaded')) model = await this.saveAndLoad(model);
      await this.fit(model, truth, { asked, make, initialEpoch: stopAfter! + 1, isFinished: true });
    }
    this.findings.push(...truth.findings.map((finding) => `${plan}: ${finding}`));
    if (keep && situation.endsWith('loaded')) await this.compareWithWhole(model, make);
    this.findings.push(...(await checkAfterwards(model, this.c, this.problem.x, asked, this.isSelected)));
  }

  private async fit(model: tfl.LayersModel, truth: Truth, options: FitOptions): Promise<void> {
    const { c, problem, batchSize } = this;
    const { stopAfter, asked } = options;
    const kernels = kernelsOf(model);
    const before = readKernels(kernels);
    const biases = biasesOf(kernels);
    const isEarly = c.situation === 'stopped in an epoch, finish';
    const observer = observe(
      kernels,
      this.isSelected,
      (epoch) => {
        if (epoch === stopAfter && !isEarly) model.stopTraining = true;
      },
      () => {
        if (isEarly && observer.epochs.length === stopAfter) model.stopTraining = true;
      },
    );
    let history: Record<string, number[]> = {};
    const isByHand = c.situation === 'own loop';
    const optimizer = isByHand ? optimizers[c.optimizer]() : model.optimizer;
    const tensors = tensorsBesideSlots(optimizer);
    const printed = await printedBy(async () => {
      if (isByHand) {
        history = await trainByHand(model, problem, optimizer, options.make(), observer, { epochs, batchSize });
        return;
      }
      const config = { ...this.fitConfig(), initialEpoch: options.initialEpoch ?? this.initialEpoch };
      const result = isDataset(c.situation)
        ? await model.fitDataset(this.dataset(), {
            ...config,
            ...this.datasetArgs(),
            callbacks: this.among(observer, options.make),
          } as never)
        : await model.fit(problem.x, problem.y, { ...config, callbacks: this.among(observer, options.make) } as never);
      history = result.history as never;
    });
    const left = tensorsBesideSlots(optimizer) - tensors;
    if (isByHand) optimizer.dispose();
    // Kernels of our layers hold up to three tensors for their masks, until the layer is disposed of.
    const held = kernels.filter(({ layer }) => 'compressibleKernels' in layer).length * 3;
    if (Math.abs(left) > held) this.findings.push(`${left} tensors left behind`);
    const after = readKernels(kernels);
    const isPartial = observer.epochs.length === 0;
    const numbers = Object.entries(history).map(([key, values]) => [key, values.at(-1)!]);
    const last = { epoch: epochs - 1, logs: Object.fromEntries(numbers), values: after, pruned: 0, spliced: 0 };
    const seen: FitSeen = {
      before,
      epochs: isPartial ? [last] : observer.epochs,
      isPartial,
      after,
      printed,
      history,
      isFinished: options.isFinished,
      isStopped: stopAfter !== undefined,
    };
    truth.check(seen);
    if (c.plan.startsWith('rate') && options.initialEpoch === undefined && observer.firstLook) {
      this.checkRate(kernels, before, biases, observer.firstLook);
    }
    if (c.situation.endsWith('Norm') || c.situation === 'nonNeg') {
      if (asked.inq && !/constraint|taken off/i.test(printed))
        this.findings.push('INQ does not say what becomes of the constraint');
    }
    if (stopAfter === undefined) this.findings.push(...checkSameFigures(model, history, c, this));
  }

  /** The first mask update of the paper's way: what is below the threshold, worked out here. */
  private checkRate(
    kernels: HeldKernel[],
    before: Map<string, Float32Array>,
    biases: Map<string, Float32Array>,
    now: Map<string, Float32Array>,
  ) {
    if (this.c.situation === 'zero kernel' || this.c.situation === 'nonNeg') return;
    for (const { path, layer } of kernels) {
      if (!this.isSelected(path) || kernels.filter((kernel) => kernel.layer === layer).length > 1) continue;
      const bias = biases.get(path);
      const { a } = dnsThresholds([before.get(path)!, ...(bias ? [bias] : [])], rate, 0.1);
      const wrong = before.get(path)!.filter((v, i) => {
        const isZero = now.get(path)![i] === 0;
        const isNear = Math.abs(Math.abs(v) - a) < 1e-6 * a;
        return !isNear && isZero !== Math.abs(v) < a;
      });
      if (wrong.length > 0)
        this.findings.push(`${wrong.length} weights of ${path} are not masked as DNS's thresholds say`);
    }
  }

  private get initialEpoch(): number {
    return this.c.situation === 'initialEpoch' ? 2 : 0;
  }

  private fitConfig() {
    const { c, validation } = this;
    const isSplit = c.validation === 'split' && { validationSplit: 1 / 3 };
    const isData = c.validation === 'data' &&
      !isDataset(c.situation) && { validationData: [validation.x, validation.y] };
    const { batchSize, initialEpoch } = this;
    const sizes = isDataset(c.situation) ? {} : { batchSize, shuffle: false };
    return { epochs: epochs + initialEpoch, verbose: 0 as const, ...sizes, ...isSplit, ...isData };
  }

  /** Ours among others, in the order of the case; other callbacks as plain objects or as instances. */
  private among(observer: Observer, make: () => tfl.CustomCallback[]): tfl.CustomCallbackArgs[] {
    const [kind, place] = this.c.company.split(' ');
    const ours = make() as unknown as tfl.CustomCallbackArgs[];
    if (kind === 'alone') return ours;
    const other = kind === 'plain' ? observer.hooks : (new tfl.CustomCallback(observer.hooks) as never);
    return place === 'before' ? [other, ...ours] : [...ours, other];
  }

  private datasetArgs() {
    const { c, validation } = this;
    if (c.validation !== 'data') return {};
    return { validationData: batches(validation, () => 3, undefined) as never, validationBatches: 3 };
  }

  /** Three batches an epoch; of unknown size: two in the last. */
  private dataset(): never {
    const isKnown = this.c.situation === 'dataset';
    let epoch = this.initialEpoch;
    const length = () => (isKnown || ++epoch % epochs !== 0 ? 3 : 2);
    return batches(this.problem, length, isKnown ? 3 : undefined) as never;
  }

  private async saveAndLoad(model: tfl.LayersModel): Promise<tfl.LayersModel> {
    const file = new MemoryHandler();
    const includeOptimizer = canSaveOptimizer.has(this.c.optimizer);
    await model.save(file, { includeOptimizer });
    const loaded = this.own(await tfl.loadLayersModel(file));
    if (!includeOptimizer) compile(loaded, this.c);
    return loaded;
  }

  /** A run that was stopped, saved, loaded and went on ends with the weights of one that was not. */
  private async compareWithWhole(model: tfl.LayersModel, make: () => tfl.CustomCallback[]): Promise<void> {
    if (!canSaveOptimizer.has(this.c.optimizer) || this.c.plan === 'target then inq') return;
    const whole = this.own(buildModel(this.c, this.api));
    await printedBy(async () => {
      await whole.fit(this.problem.x, this.problem.y, { ...this.fitConfig(), callbacks: make() } as never);
    });
    const expected = [...readKernels(kernelsOf(whole)).values()];
    [...readKernels(kernelsOf(model))].forEach(([path, values], i) => {
      const other = values.filter((value, j) => value !== expected[i][j]).length;
      if (other > 0) this.findings.push(`${other} weights of ${path} are not those of a run without pause`);
    });
  }

  get validationProblem(): { x: tf.Tensor; y: tf.Tensor | tf.Tensor[]; batchSize: number } {
    return { ...this.validation, batchSize: this.batchSize };
  }
}

/** Optimizers of tfjs that save their slots and have them back. */
const canSaveOptimizer = new Set(['sgd', 'momentum', 'adam', 'rmsprop']);

function biasesOf(kernels: HeldKernel[]): Map<string, Float32Array> {
  const found = kernels.flatMap(({ path, layer }) => {
    const { bias } = layer as unknown as { bias?: tfl.LayerVariable | null };
    return bias ? [[path, Float32Array.from(bias.read().dataSync())] as const] : [];
  });
  return new Map(found);
}

/** A fit leaves the optimizer's slots behind, and nothing else. */
function tensorsBesideSlots(optimizer: tf.Optimizer | undefined): number {
  const slots = Object.values(optimizer ?? {}).filter((field) => Array.isArray(field));
  return tf.memory().numTensors - slots.flat().filter((slot) => slot?.variable instanceof tf.Variable).length;
}
