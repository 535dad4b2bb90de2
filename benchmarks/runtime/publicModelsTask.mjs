/**
 * One model of publicModels.mjs: `node publicModelsTask.mjs MODEL.JSON RUNTIME BACKEND`.
 * Prints a verdict as JSON in its last line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

const limit = 1e-5;
const batches = [1, 3];
/** Sizes that the file leaves free. */
const freeSize = 12;
/** Inputs with more numbers are made smaller, where the model's layers take any size. */
const mostNumbers = 2 ** 21;
const needsSize = /"(Flatten|Reshape|Dense)"/;

const [file, runtimePath, backend] = process.argv.slice(2);
const { loadModel } = await import(runtimePath);
tf.env().set('PROD', true);
console.warn = () => {};
await tf.setBackend(backend);
await tf.ready();

const result = await compare(file).catch((error) => ({ verdict: 'WRONG', reason: error.message.split('\n')[0] }));
console.log(`\n${JSON.stringify(result)}`);
process.exit();

async function compare(path) {
  const { artifacts, reason } = read(path);
  const there =
    reason === undefined && (await attempt(() => tf.loadLayersModel({ load: async () => clone(artifacts) })));
  const here = artifacts && (await attempt(() => loadModel(clone(artifacts))));
  if (reason || there.error) {
    const ours = here && (here.error ? `the runtime refuses it: ${here.error}` : 'the runtime loads it');
    return { verdict: 'no model', reason: [reason ?? `tfjs: ${there.error}`, ours].filter(Boolean).join('; ') };
  }
  if (here.error) return { verdict: 'refused', reason: here.error };
  const parts = [];
  for (const batch of batches) {
    const inputs = inputsFor(there.value, batch);
    const expected = await predictions(there.value, inputs);
    const received = here.value.predict(
      Object.fromEntries(
        here.value.inputs.map(({ name }, i) => [name, { data: inputs[i].dataSync(), shape: inputs[i].shape }]),
      ),
    );
    const outputs = here.value.outputs.map(({ name }) => (expected.length === 1 ? received : received[name]));
    const difference = Math.max(...expected.map((values, i) => differenceOf(values, outputs[i])));
    parts.push(`batch ${batch}: ${difference.toExponential(1)}`);
    if (!(difference <= limit)) return { verdict: 'WRONG', reason: parts.join(', ') };
  }
  const layers = new Set(there.value.layers.map((layer) => layer.getClassName()));
  return { verdict: 'equal', reason: `${parts.join(', ')} (${[...layers].join(', ')})` };
}

async function attempt(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: error.message.split('\n')[0] };
  }
}

/** The artifacts of a model's files, or the reason why there are none. */
function read(path) {
  const json = JSON.parse(readFileSync(path, 'utf8'));
  if (!json.weightsManifest || !json.modelTopology) return { reason: 'not a model of tfjs' };
  if (json.format === 'graph-model' || json.modelTopology.node) return { reason: 'a graph model' };
  const paths = json.weightsManifest.flatMap((group) => group.paths).map((each) => join(dirname(path), each));
  const missing = paths.find((each) => !existsSync(each));
  if (missing) return { reason: 'weight files are absent' };
  const data = Buffer.concat(paths.map((each) => readFileSync(each)));
  const weightSpecs = json.weightsManifest.flatMap((group) => group.weights);
  const { modelTopology, format } = smaller(json);
  return { artifacts: { modelTopology, format, weightSpecs, weightData: Uint8Array.from(data).buffer } };
}

/** What takes hours at its own size, such as 256 × 256 × 256 voxels, at a small one. */
function smaller(json) {
  const text = JSON.stringify(json);
  return JSON.parse(
    text.replace(/"(batch_input_shape|batchInputShape)":\[null,([\d,]+)\]/g, (whole, key, list) => {
      const sizes = list.split(',').map(Number);
      if (sizes.reduce((a, b) => a * b, 1) <= mostNumbers || needsSize.test(text)) return whole;
      return `"${key}":[null,${sizes.map((size) => Math.min(size, 16))}]`;
    }),
  );
}

function clone(artifacts) {
  return { ...artifacts, modelTopology: structuredClone(artifacts.modelTopology) };
}

/** Indexes for an Embedding, else normally distributed numbers. */
function inputsFor(model, batch) {
  return model.inputs.map(({ shape, dtype, sourceLayer }, i) => {
    const sizes = shape.map((size, axis) => size ?? (axis === 0 ? batch : freeSize));
    const readers = sourceLayer.outboundNodes.map(({ outboundLayer }) => outboundLayer);
    const vocabularies = [sourceLayer, ...readers].map(({ inputDim }) => inputDim).filter((size) => size > 0);
    if (vocabularies.length === 0) return tf.cast(tf.randomNormal(sizes, 0, 1, 'float32', 10 * batch + i), dtype);
    return tf.floor(tf.randomUniform(sizes, 0, Math.min(...vocabularies), 'float32', 10 * batch + i));
  });
}

/** tfjs's outputs, on its slow backend where the other does not take the model. */
async function predictions(model, inputs) {
  const run = () =>
    [model.predictOnBatch(inputs.length === 1 ? inputs[0] : inputs)].flat().map((each) => each.dataSync());
  const first = await attempt(run);
  if (!first.error) return first.value;
  await tf.setBackend('cpu');
  return run();
}

function differenceOf(expected, received) {
  if (expected.length !== received?.length) return Number.POSITIVE_INFINITY;
  let [largest, difference] = [1e-30, 0];
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    // Not a number only where both are is no difference; elsewhere it is one.
    if (!Object.is(expected[i], received[i])) difference = Math.max(difference, Math.abs(expected[i] - received[i]));
  }
  return difference / largest;
}
