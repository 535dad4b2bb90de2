import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { data, layerNames, makeModel } from './models.js';
import { recordSyncReads } from './syncReads.js';

const fitArgs = { epochs: 3, batchSize: 4, shuffle: false };
/** A run that is stopped early is stopped after this many epochs. */
const epochsBeforeStop = 1;

const optimizers = {
  sgd: () => tf.train.sgd(0.05),
  // By default epsilon is the backend's: 1e-4 on WebGL, 1e-7 elsewhere.
  adam: () => tf.train.adam(0.01, 0.9, 0.999, 1e-3),
};

/** The callbacks as users write them, the table at the end included. */
const callbacks = {
  surgery: (whenStopped) => [new SurgeryCallback({ targetSparsity: 0.5, whenStopped })],
  inq: (whenStopped) => [new INQScheduler({ steps: [0.5, 0.75, 1], whenStopped })],
  both: (whenStopped) => [...callbacks.surgery(whenStopped), ...callbacks.inq(whenStopped)],
};

window.layerNames = layerNames;

/** Starts a backend; false where the browser has none such. */
window.start = async (name) => {
  try {
    return (await tf.setBackend(name)) && tf.getBackend() === name;
  } catch {
    return false;
  }
};

/**
 * Trains without any of our callbacks; returns the weights, or the message of what was
 * thrown.
 */
window.trainPlainly = async (layer, optimizer) => {
  const model = makeModel(layer);
  const { xs, ys } = data(layer, model);
  try {
    compile(model, optimizer);
    await model.fit(xs, ys, { ...fitArgs, verbose: 0 });
    return { weights: await weightsOf(model) };
  } catch (error) {
    return { error: error.message };
  } finally {
    tf.dispose([xs, ys]);
    model.dispose();
  }
};

/**
 * Trains with our callbacks, saves and loads; what was read synchronously meanwhile is
 * told in any case.
 */
window.trainCompressed = async (layer, run) => {
  const reads = recordSyncReads();
  try {
    const result = await trainSaveLoad(layer, run);
    return { ...result, reads: reads.stop() };
  } catch (error) {
    return { error: `${error.name}: ${error.message}`, reads: reads.stop() };
  }
};

/**
 * @param ending 'full': to the end. 'finish': stopped early, to be finished at once.
 *   'keep': stopped early, saved, loaded, resumed.
 * @param store Makes what model.save and loadLayersModel take of an IndexedDB address:
 *   `compressed`, or the address as it is.
 */
async function trainSaveLoad(layer, { callback, optimizer, ending, store = 'compressed' }) {
  const address = `indexeddb://${[layer, callback, optimizer, ending].join(' ')}`;
  const place = store === 'compressed' ? compressed(address) : address;
  const whenStopped = ending === 'keep' ? 'keep' : 'finish';
  let model = makeModel(layer);
  const { xs, ys } = data(layer, model);
  compile(model, optimizer);
  const stop = {
    onEpochEnd: (epoch) => {
      if (ending !== 'full' && epoch + 1 === epochsBeforeStop) model.stopTraining = true;
    },
  };
  const lines = [recordLines()];
  const first = await model.fit(xs, ys, { ...fitArgs, callbacks: [...callbacks[callback](whenStopped), stop] });
  const histories = [first.history];
  let kept;
  if (ending === 'keep') {
    kept = await weightsOf(model);
    await model.save(place, { includeOptimizer: true });
    model.dispose();
    model = await tf.loadLayersModel(place);
    const initialEpoch = epochsBeforeStop;
    lines.push(recordLines());
    const second = await model.fit(xs, ys, { ...fitArgs, initialEpoch, callbacks: callbacks[callback](whenStopped) });
    histories.push(second.history);
  }
  await model.save(place);
  const loaded = await tf.loadLayersModel(place);
  const predictions = [model, loaded].map((each) => each.predict(xs));
  const result = {
    weights: await weightsOf(model),
    kept,
    histories,
    lines,
    loaded: await weightsOf(loaded),
    predictions: await Promise.all(predictions.map(async (tensor) => Array.from(await tensor.data()))),
  };
  tf.dispose([xs, ys, predictions]);
  model.dispose();
  loaded.dispose();
  return result;
}

function compile(model, optimizer) {
  // Unlike a cross-entropy, this loss is never cut off at the backend's epsilon.
  model.compile({ optimizer: optimizers[optimizer](), loss: 'meanSquaredError' });
}

/**
 * Of every weight, the class of its layer (the outermost one) and its name without those
 * of layers.
 */
async function weightsOf(model) {
  const all = model.layers.flatMap((layer) => layer.weights.map((weight) => ({ layer, weight })));
  return Promise.all(
    all.map(async ({ layer, weight }) => ({
      layer: layer.getClassName(),
      name: weight.originalName.split('/').pop(),
      values: Array.from(await weight.read().data()),
    })),
  );
}

/** What is printed from now on, until the next call. */
function recordLines() {
  const lines = [];
  console.log = (...args) => lines.push(...args.join(' ').split('\n'));
  return lines;
}
