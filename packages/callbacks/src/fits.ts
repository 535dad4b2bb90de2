import * as tfl from '@tensorflow/tfjs-layers';

/** What fits tell the callbacks of this package. */
export interface WatchedCallback {
  /** What it is called in messages. */
  readonly label: string;
  /** Called when a fit with this callback fails: it then calls nothing else any more. */
  abandon(): void;
}

/** A Sequential by the LayersModel inside it. */
const sequentialOf = new WeakMap<tfl.LayersModel, tfl.LayersModel>();
/** The callbacks of this package, and with which initialEpoch their fit was called: fitDataset does not tell them. */
const initialEpochs = new WeakMap<object, number>();
/** Those whose fit has not ended. */
const running = new Set<WatchedCallback>();
let isWatching = false;

/**
 * Some things a callback cannot learn from the calls it gets, so fit and fitDataset note them as they start:
 *
 * - A Sequential trains a LayersModel that it holds inside, and hands that one to callbacks; the inner model does not
 *   know the outer one, which is the one users save, load and set metadata on.
 * - Next to an instance, fit takes plain objects in `callbacks` for instances, or the other way round, by the first
 *   one alone, and fails. Beside a callback of this package, plain objects become tf.CustomCallback.
 * - fit hands `yieldEvery` to plain objects only: beside instances the page would wait. One callback more does that.
 * - A fit that fails ends without a word to its callbacks.
 *
 * Done once, when the first callback is made.
 *
 * @param callback One of this package, to be known from other instances.
 */
export function watchFits(callback: WatchedCallback): void {
  initialEpochs.set(callback, 0);
  if (isWatching) return;
  isWatching = true;
  replaceFits(tfl.Sequential.prototype, (model, fit, args) => {
    const inner = (model as unknown as { model?: tfl.LayersModel }).model;
    if (inner) sequentialOf.set(inner, model);
    return fit.apply(model, args);
  });
  replaceFits(tfl.LayersModel.prototype, async (model, fit, args) => {
    const config = args[args.length - 1] as tfl.ModelFitArgs | undefined;
    const callbacks = [config?.callbacks].flat().filter((c) => c !== undefined) as object[];
    const ours = callbacks.filter((c): c is WatchedCallback => initialEpochs.has(c));
    if (!config || ours.length === 0) return fit.apply(model, args);
    for (const callback of ours) {
      if (!running.has(callback)) continue;
      throw new Error(`This ${callback.label} is already running in another fit. Make a new one for each fit.`);
    }
    for (const callback of ours) {
      initialEpochs.set(callback, config.initialEpoch ?? 0);
      running.add(callback);
    }
    const instances = callbacks.map((c) => (isInstance(c) ? c : new tfl.CustomCallback(c, config.yieldEvery)));
    const pace = new tfl.CustomCallback({}, config.yieldEvery);
    try {
      return await fit.apply(model, [...args.slice(0, -1), { ...config, callbacks: [...instances, pace] }]);
    } catch (error) {
      for (const callback of ours) callback.abandon();
      throw error;
    } finally {
      for (const callback of ours) running.delete(callback);
    }
  });
}

type Fit = (...args: unknown[]) => unknown;

function replaceFits(prototype: object, run: (model: tfl.LayersModel, fit: Fit, args: unknown[]) => unknown): void {
  const methods = prototype as Record<string, Fit>;
  for (const method of ['fit', 'fitDataset']) {
    const stock = methods[method];
    methods[method] = function (this: tfl.LayersModel, ...args: unknown[]) {
      return run(this, stock, args);
    };
  }
}

function isInstance(callback: object): callback is tfl.CustomCallback {
  return typeof (callback as { setModel?: unknown }).setModel === 'function';
}

/** The initialEpoch of the fit that a callback runs in. */
export function initialEpochOf(callback: object): number {
  return initialEpochs.get(callback) ?? 0;
}

/** The model that the user holds, given what fit hands to setModel(). */
export function userModel(model: tfl.LayersModel): tfl.LayersModel {
  return sequentialOf.get(model) ?? model;
}

/** The model that trains: the one inside a Sequential, any other itself. */
export function trainedModel(model: tfl.LayersModel): tfl.LayersModel {
  return (model as unknown as { model?: tfl.LayersModel }).model ?? model;
}
