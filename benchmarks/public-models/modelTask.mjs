/**
 * What a user's program does with a model:
 * `node modelTask.mjs describe|predict|surgery|inq PATH [PATH …]`. Prints JSON.
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { findSites } from '@tfjs-compress/layers/internal';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { isPower, readPlain } from './files.mjs';

tf.env().set('PROD', true);
console.warn = () => {};
registerTrainingKernels();
await tf.setBackend('wasm');
await tf.ready();

const [what, ...paths] = process.argv.slice(2);
try {
  console.log(JSON.stringify(await { describe, predict, surgery, inq }[what](...paths)));
} catch (error) {
  console.log(JSON.stringify({ error: error.message.split('\n')[0], isStock: error.isStock }));
}

async function describe(path) {
  const model = await load(path);
  if (!model.layers) return {};
  const kernels = findSites(model).filter(({ role }) => role === 'kernel');
  return { kernels: kernels.length, paths: kernels.map(({ path }) => path) };
}

/** Whether all paths hold the same model: equal predictions, bit for bit. */
async function predict(...all) {
  // The WASM backend does not take every graph ("only supports rank-1 bias").
  return predictAll(all).catch(async () => {
    await tf.setBackend('cpu');
    return predictAll(all);
  });
}

async function predictAll(all) {
  const models = [];
  for (const path of all) models.push(await load(path));
  const x = inputsFor(models[0], 2);
  const outputs = [];
  for (const model of models) {
    const predicted = model.layers
      ? model.predict(x.length === 1 ? x[0] : x)
      : await model.executeAsync(x.length === 1 ? x[0] : x);
    const values = [];
    for (const each of [predicted].flat())
      values.push(Buffer.from(Uint8Array.from(new Uint8Array((await each.data()).buffer))).toString('base64'));
    outputs.push(values.join());
  }
  return { same: outputs.every((each) => each === outputs[0] && each.length > 0) };
}

async function surgery(path) {
  const { model, sites } = await fit(path, new SurgeryCallback({ targetSparsity: 0.5, verbose: 0 }));
  const problems = sites.map(({ path, variable }) => {
    const values = variable.read().dataSync();
    const zeros = values.filter((value) => value === 0).length;
    return Math.abs(zeros - 0.5 * values.length) <= 1 ? undefined : `${path}: ${zeros} zeros of ${values.length}`;
  });
  return finished(model, sites, problems);
}

async function inq(path) {
  const { model, sites } = await fit(path, new INQScheduler({ steps: [1], verbose: 0 }));
  const problems = sites.map(({ path, variable }) =>
    variable.read().dataSync().every(isPower) ? undefined : `${path}: not all are powers of two`,
  );
  return finished(model, sites, problems);
}

/** What is saved loads again, and predicts the same. */
async function finished(model, sites, problems) {
  const problem = problems.find((each) => each);
  if (problem) return { kernels: sites.length, problem };
  const saved = {};
  const save = async (artifacts) => {
    Object.assign(saved, artifacts);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  };
  await model.save({ save });
  const again = await tf.loadLayersModel({ load: async () => saved });
  const x = inputsFor(model, 1);
  const [a, b] = [model, again].map((each) =>
    [each.predict(x.length === 1 ? x[0] : x)].flat().map((y) => [...y.dataSync()]),
  );
  return {
    kernels: sites.length,
    ...(JSON.stringify(a) !== JSON.stringify(b) && { problem: 'the saved model predicts otherwise' }),
  };
}

/** One epoch of four steps on random data. */
async function fit(path, callback) {
  const model = await load(path);
  const examples = 8;
  const x = inputsFor(model, examples);
  const predicted = [model.predict(x.length === 1 ? x[0] : x, { batchSize: 2 })].flat();
  const y = predicted.map(({ shape }) => tf.randomUniform(shape, 0, 1, 'float32', 1));
  const kernels = () =>
    findSites(model).filter(({ role, variable }) => role === 'kernel' && variable.trainable !== false);
  model.compile({ optimizer: tf.train.sgd(1e-4), loss: model.outputs.map(() => 'meanSquaredError') });
  const fitOnce = (callbacks) =>
    model.fit(x.length === 1 ? x[0] : x, y.length === 1 ? y[0] : y, { epochs: 1, batchSize: 2, verbose: 0, callbacks });
  const history = await fitOnce([callback]).catch(async (error) => {
    // What tfjs cannot train by itself is not the callback's fault.
    const stock = await fitOnce([]).catch((each) => each);
    throw Object.assign(error, { isStock: stock instanceof Error && stock.message === error.message });
  });
  if (!history.history.loss.every(Number.isFinite)) throw new Error(`loss ${history.history.loss}`);
  return { model, sites: kernels() };
}

/**
 * By the model's own loader; inputs too large for a test made smaller where the network
 * allows it.
 */
async function load(path) {
  if (path.endsWith('.tfz')) {
    const url = `file://${path}`;
    const { artifacts } = await shrunkFrom(compressed(url));
    return artifacts.isGraph ? tf.loadGraphModel(compressed(url)) : tf.loadLayersModel({ load: async () => artifacts });
  }
  const { json, weights, missing } = readPlain(path);
  if (missing) throw new Error(`${missing} is missing`);
  const data = Uint8Array.from(Buffer.concat(weights.map(({ bytes }) => bytes)));
  const { weightsManifest: _, ...rest } = json;
  const handler = {
    load: async () => ({ ...rest, weightSpecs: weights.map(({ spec }) => spec), weightData: data.buffer }),
  };
  const { artifacts } = await shrunkFrom(handler);
  return artifacts.isGraph ? tf.loadGraphModel(handler) : tf.loadLayersModel({ load: async () => artifacts });
}

async function shrunkFrom(handler) {
  const artifacts = await handler.load();
  const isGraph = artifacts.format === 'graph-model' || Array.isArray(artifacts.modelTopology?.node);
  const text = JSON.stringify(artifacts.modelTopology ?? {});
  const small = text.replace(/"batch_input_shape":\[null,([\d,]+)\]/g, (all, sizes) => {
    const given = sizes.split(',').map(Number);
    if (given.length < 4 || given.reduce((a, b) => a * b, 1) < 1_000_000) return all;
    return `"batch_input_shape":[null,${given.map((size) => (size >= 32 ? 8 : size))}]`;
  });
  return { artifacts: { ...artifacts, modelTopology: JSON.parse(small), isGraph } };
}

/**
 * Random inputs; whole numbers that are in range for what goes into an Embedding. Unknown
 * sizes are 8.
 */
function inputsFor(model, examples) {
  const ranges = new Map();
  for (const layer of model.layers ?? []) {
    if (layer.getClassName() !== 'Embedding') continue;
    const from = layer.inboundNodes[0]?.inboundLayers[0];
    ranges.set(from?.name, layer.inputDim);
  }
  return model.inputs.map(({ name, shape, dtype }, i) => {
    const size = shape.map((each, axis) => (axis === 0 ? examples : each === null || each < 0 ? 8 : each));
    if (shape[0] > 0) size[0] = shape[0];
    const range = ranges.get(name) ?? ranges.get(name.replace(/:\d+$/, ''));
    if (range) return tf.floor(tf.randomUniform(size, 0, range, 'float32', 1 + i));
    return tf.cast(tf.randomUniform(size, 0, 1, 'float32', 1 + i), dtype === 'int32' ? 'int32' : 'float32');
  });
}
