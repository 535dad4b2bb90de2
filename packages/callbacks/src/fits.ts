import * as tfl from '@tensorflow/tfjs-layers';
import { hook } from '@tfjs-compress/layers/internal';

/** What fits tell the callbacks of this package, and what they are told. */
export interface WatchedCallback {
  /** What it is called in messages. */
  readonly label: string;
  /**
   * Lower ones come first in a fit, whatever the order in `callbacks`; all of them come
   * before the user's.
   */
  readonly priority: number;
  /**
   * Called at the first onEpochBegin, before any callback does anything: checks and
   * attaches.
   */
  open(epoch: number): Promise<void>;
  /** Called when all have been opened, before the first batch. */
  checkPlan(): void;
  /**
   * Called when all batches of an epoch have been trained, before validation; fit with
   * tensors cannot wait there.
   */
  epochTrained(): Promise<void>;
  /** Called after onTrainEnd of all callbacks. */
  close(): Promise<void>;
  /** Called when the fit fails: it then calls nothing else anymore. */
  abandon(): Promise<void>;
}

/** A Sequential by the LayersModel inside it. */
const sequentialOf = new WeakMap<tfl.LayersModel, tfl.LayersModel>();
/** All callbacks of this package. */
const known = new WeakSet<object>();
/** Those whose fit has not ended. */
const running = new Set<WatchedCallback>();

/** To be called by the constructor of every callback of this package. */
export function watch(callback: WatchedCallback): void {
  known.add(callback);
}

/**
 * Whether a fit runs the callback at the moment, which then calls close(); in a loop of
 * one's own nobody does.
 */
export function isRunning(callback: object): boolean {
  return running.has(callback as WatchedCallback);
}

/** The model that the user holds, given what fit hands to setModel(). */
export function userModel(model: tfl.LayersModel): tfl.LayersModel {
  return sequentialOf.get(model) ?? model;
}

/** The model that trains: the one inside a Sequential, any other itself. */
export function trainedModel(model: tfl.LayersModel): tfl.LayersModel {
  const inner = (model as unknown as { model?: tfl.LayersModel }).model;
  if (inner) sequentialOf.set(inner, model);
  return inner ?? model;
}

type Dataset = { iterator(): Promise<{ next(): Promise<{ done: boolean }> }> };

/** The same dataset, that tells when it has come to its end. */
function watchEnd(dataset: Dataset, atEnd: () => Promise<void>): Dataset {
  const iterator = async () => {
    const stock = await dataset.iterator();
    const next = async () => {
      const result = await stock.next();
      if (result.done) await atEnd();
      return result;
    };
    return { next };
  };
  return Object.create(dataset, { iterator: { value: iterator } });
}

/**
 * Some things a callback cannot learn from the calls it gets, so fit and fitDataset see
 * to them as they start:
 *
 * - A Sequential trains a LayersModel that it holds inside, and hands that one to
 *   callbacks; the inner model does not know the outer one, which is the one users save,
 *   load and set metadata on.
 * - Next to an instance, fit takes plain objects in `callbacks` for instances, or the
 *   other way round, by the first one alone, and fails. Beside a callback of this
 *   package, plain objects become tf.CustomCallback.
 * - fit hands `yieldEvery` to plain objects only: beside instances the page would wait.
 *   One callback more does that.
 * - Ours come first, and what a sister package ranks among them by a `priority`, so that
 *   every other callback sees what they did: figures in the logs, a finished model to
 *   save.
 * - A dataset of unknown size tells nobody but fitDataset that it has come to its end.
 * - A fit that fails ends without a word to its callbacks.
 *
 * Done on import: JavaScript reads `model.fit` before it evaluates the arguments, so the
 * constructor of a callback in them would be too late.
 */
function watchFits(): void {
  for (const method of ['fit', 'fitDataset']) {
    hook(
      tfl.Sequential.prototype,
      method,
      (fit) =>
        function (this: tfl.Sequential, ...args: unknown[]) {
          trainedModel(this);
          return fit.apply(this, args);
        },
    );
    hook(
      tfl.LayersModel.prototype,
      method,
      (fit) =>
        function (this: tfl.LayersModel, ...args: unknown[]) {
          return runFit(this, fit as Fit, args, method === 'fitDataset');
        },
    );
  }
}

type Fit = (...args: unknown[]) => Promise<unknown>;

async function runFit(model: tfl.LayersModel, fit: Fit, args: unknown[], isDataset: boolean): Promise<unknown> {
  const config = args[args.length - 1] as (tfl.ModelFitArgs & { batchesPerEpoch?: number }) | undefined;
  const callbacks = [config?.callbacks].flat().filter((c) => c !== undefined && c !== null) as object[];
  const ours = callbacks.filter((c): c is WatchedCallback & tfl.CustomCallback => known.has(c));
  if (!config || ours.length === 0) return fit.apply(model, args);
  for (const [i, callback] of ours.entries()) {
    if (!running.has(callback) && ours.indexOf(callback) === i) continue;
    throw new Error(
      `This ${callback.label} is in callbacks twice or in another fit that is running. Make a new one for each fit.`,
    );
  }
  warnOfNoEpoch(ours, config);
  const isRanked = (c: object) => typeof (c as { priority?: unknown }).priority === 'number';
  const ranked = callbacks.filter((c): c is typeof c & { priority: number } => isRanked(c) && isInstance(c));
  ranked.sort((a, b) => a.priority - b.priority);
  ours.sort((a, b) => a.priority - b.priority);
  const others = callbacks
    .filter((c) => !ranked.includes(c as never))
    .map((c) => (isInstance(c) ? c : new tfl.CustomCallback(c, config.yieldEvery)));
  let isOpen = false;
  const opening = new tfl.CustomCallback(
    {
      onEpochBegin: async (epoch) => {
        if (isOpen) return;
        isOpen = true;
        for (const callback of ours) await callback.open(epoch);
        for (const callback of ours) callback.checkPlan();
      },
    },
    'never',
  );
  const closing = new tfl.CustomCallback(
    {
      onTrainEnd: async () => {
        for (const callback of ours) await callback.close();
      },
    },
    config.yieldEvery,
  );
  const atEnd = async () => {
    for (const callback of ours) await callback.epochTrained();
  };
  const isUnsized = isDataset && config.batchesPerEpoch === undefined;
  const data = isUnsized ? [watchEnd(args[0] as Dataset, atEnd)] : args.slice(0, -1);
  for (const callback of ours) running.add(callback);
  try {
    return await fit.apply(model, [...data, { ...config, callbacks: [opening, ...ranked, ...others, closing] }]);
  } catch (error) {
    for (const callback of ours) await callback.abandon();
    throw error;
  } finally {
    for (const callback of ours) running.delete(callback);
  }
}

/** What such a fit was to do is not done, and no callback hears of an epoch. */
function warnOfNoEpoch(callbacks: WatchedCallback[], { epochs = 1, initialEpoch = 0 }: tfl.ModelFitArgs): void {
  if (initialEpoch < epochs) return;
  const labels = callbacks.map(({ label }) => label).join(', ');
  console.warn(
    `${labels}: this fit trains nothing, because initialEpoch (${initialEpoch}) is not below epochs (${epochs}). ` +
      'epochs is the number of the last epoch, not how many are to come: give a higher one.',
  );
}

function isInstance(callback: object): callback is tfl.CustomCallback {
  return typeof (callback as { setModel?: unknown }).setModel === 'function';
}

watchFits();
