import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { MemoryHandler } from '../memoryHandler.js';
import { checkAfterwards, checkSameFigures } from './afterwards.js';
import type { Api } from './api.js';
import { type Case, isDataset, isStopped, optimizers } from './axes.js';
import { batches } from './batches.js';
import { RegisteredLayer } from './customLayer.js';
import { biasesOf, type HeldKernel, kernelsOf, readKernels } from './kernels.js';
import { Masks } from './Masks.js';
import { buildModel, compile, type Problem, problemOf, samples } from './model.js';
import { type Observer, observe } from './observe.js';
import { type Asked, planOf, type SurgeryAsked } from './options.js';
import { trainByHand } from './ownLoop.js';
import { printedBy } from './printed.js';
import { type FitSeen, Truth } from './Truth.js';

const epochs = 6;

/**
 * Runs the fits of a case and says what was not as it should be: nothing, if all is well.
 */
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
  masks?: Masks;
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
    const kernels = kernelsOf(model);
    // Of a layer that INQ selects the biases stay pruned as well.
    const pruned = readKernels([...kernels, ...(c.options === 'random, biases' ? biasesOf(kernels) : [])]);
    await this.runPlan(model, 'inq', true);
    for (const [path, values] of readKernels([...kernels, ...biasesOf(kernels)])) {
      const back = values.filter((value, i) => value !== 0 && pruned.get(path)?.[i] === 0).length;
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
    const extent = { epochs, stepsPerEpoch: this.stepsPerEpoch };
    const { asked, inqArgs, surgeryArgs } = planOf(this.c, plan, extent, this.isSelected);
    const parts = plan.split('+');
    const make = () =>
      parts.map((part) =>
        part === 'inq'
          ? new this.api.INQScheduler({ ...inqArgs, ...options })
          : new this.api.SurgeryCallback({ ...surgeryArgs, ...options }),
      );
    const zerosKept = this.c.options === 'keepZeros';
    const hasFreeZeros = !zerosKept && ['zero kernel', 'nonNeg', 'registered layer'].includes(situation);
    const kernels = kernelsOf(first);
    const truth = new Truth(asked, {
      kernels,
      hasFreeZeros,
      isPruned: isPruned || zerosKept,
      firstEpoch: this.initialEpoch,
    });
    const masks =
      asked.surgery && !hasFreeZeros
        ? new Masks(asked.surgery, [...kernels, ...biasesOf(kernels)], {
            totalSteps: epochs * extent.stepsPerEpoch,
            inqFrom: asked.inq ? inqFrom(asked.surgery, kernels, extent.stepsPerEpoch) : Number.POSITIVE_INFINITY,
          })
        : undefined;
    const stopAfter = isStopped(situation) ? 1 + (this.c.bits % 3) : undefined;
    let model = first;
    await this.fit(model, truth, { asked, make, masks, stopAfter, isFinished: !keep });
    if (keep) {
      if (situation.endsWith('loaded')) model = await this.saveAndLoad(model);
      await this.fit(model, truth, { asked, make, masks, initialEpoch: stopAfter! + 1, isFinished: true });
    }
    this.findings.push(...[...truth.findings, ...(masks?.findings ?? [])].map((finding) => `${plan}: ${finding}`));
    if (keep && situation.endsWith('loaded')) await this.compareWithWhole(model, make);
    this.findings.push(...(await checkAfterwards(model, this.c, this.problem.x, asked)));
  }

  private async fit(model: tfl.LayersModel, truth: Truth, options: FitOptions): Promise<void> {
    const { c, problem, batchSize } = this;
    const { stopAfter, asked, masks } = options;
    const stock = kernelsOf(model);
    const kernels = [...stock, ...biasesOf(stock)];
    const before = readKernels(kernels);
    const isEarly = c.situation === 'stopped in an epoch, finish';
    const observer = observe(
      kernels,
      (path) => asked.surgery?.isSelected(path) ?? false,
      (epoch) => {
        if (epoch === stopAfter && !isEarly) model.stopTraining = true;
      },
      () => {
        if (isEarly && observer.epochs.length === stopAfter) model.stopTraining = true;
      },
      (moment, was, now) => masks?.[moment](was, now),
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
    // Kernels of our layers hold up to three tensors for their masks, until the layer is
    // disposed of.
    const held = stock.filter(({ layer }) => 'compressibleKernels' in layer).length * 3;
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
    if (c.situation.endsWith('Norm') || c.situation === 'nonNeg') {
      if (asked.inq && !/constraint|taken off/i.test(printed))
        this.findings.push('INQ does not say what becomes of the constraint');
    }
    if (stopAfter === undefined) this.findings.push(...checkSameFigures(model, history, c, this));
  }

  private get stepsPerEpoch(): number {
    const split = this.c.validation === 'split' ? 2 / 3 : 1;
    return Math.ceil((samples * split) / this.batchSize);
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

  /**
   * Ours among others, in the order of the case; other callbacks as plain objects or as
   * instances.
   */
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

  /**
   * A run that was stopped, saved, loaded and went on ends with the weights of one that
   * was not.
   */
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

/**
 * The step before which INQ takes its first one: it waits for the masks, and for a new
 * epoch.
 */
function inqFrom({ isSelected, of }: SurgeryAsked, kernels: HeldKernel[], stepsPerEpoch: number): number {
  const ends = kernels.filter(({ path }) => isSelected(path)).map(({ path }) => of(path).endStep);
  return Math.ceil(Math.max(...ends) / stepsPerEpoch) * stepsPerEpoch;
}

/** A fit leaves the optimizer's slots behind, and nothing else. */
function tensorsBesideSlots(optimizer: tf.Optimizer | undefined): number {
  const slots = Object.values(optimizer ?? {}).filter((field) => Array.isArray(field));
  return tf.memory().numTensors - slots.flat().filter((slot) => slot?.variable instanceof tf.Variable).length;
}
