/**
 * compressOnce() with random examples on every model in a folder that tfjs loads: that it
 * goes through, and that its outputs are nearer to the model's than those of rounding
 * each weight by itself, or the same where it gives that. 60 examples are compressed
 * with, and 1,200 new ones judge; 4 and 4 where inputs are large.
 *
 *   node benchmarks/once/publicModels.mjs FOLDER [--only NAME,NAME]
 *
 * FOLDER holds a folder with model.json for each model. Last line: 'N passed, N failed'.
 * After each model its row in results/public-models.json is replaced.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compressOnce } from 'tfjs-compress';
import { median, readResult, writeResult } from '../tools/results.mjs';
import { readModel } from './nets.mjs';
import { plainly } from './plainly.mjs';

const { values: args, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const [folder] = positionals;
if (!folder) throw new Error('One argument is needed: a folder with models.');
tf.env().set('PROD', true);
console.warn = () => {};
await tf.setBackend('wasm');

const goal = { bits: 4 };
const result = new URL('results/public-models.json', import.meta.url);
/** Of the models of this run, or of those that earlier runs left. */
let models = args.only && existsSync(result) ? readResult(result).models : [];
const names = readdirSync(folder, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []));
for (const name of names.sort()) {
  if (args.only && !args.only.split(',').includes(name)) continue;
  const row = { name, ...(await tried(join(folder, name))) };
  models = [...models.filter((each) => each.name !== name), row];
  console.log(JSON.stringify(row));
  // A run that is stopped leaves what it has.
  writeResult(result, ['@tensorflow/tfjs', 'tfjs-compress'], { summary: summary(), models });
}
const { ran, farther, errors, medianShare } = summary();
console.log(`median share ${medianShare.toFixed(2)}`);
const failed = farther.length + errors.length;
console.log(`${ran - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function summary() {
  const ran = models.filter(({ skipped }) => !skipped);
  const done = ran.filter(({ error }) => !error);
  // Where no rounding changes the outputs there is no share.
  const changed = done.filter(({ plain }) => plain > 1e-6);
  return {
    ran: ran.length,
    errors: ran.filter(({ error }) => error).map(({ name }) => name),
    farther: changed.filter(({ share }) => !(share <= 1)).map(({ name }) => name),
    // compressOnce() gave what plain rounding gives.
    same: changed.filter(({ share }) => share === 1).map(({ name }) => name),
    medianShare: median(changed.map(({ share }) => share)),
  };
}

/**
 * How far the outputs are from the model's, as a share of their size: of plain rounding,
 * and of compressOnce as a share of that.
 */
async function tried(path) {
  let artifacts;
  let model;
  try {
    artifacts = readModel(path);
    if (artifacts.format === 'graph-model' || artifacts.modelTopology.node) return { skipped: 'a graph model' };
    model = await tf.loadLayersModel({ load: async () => artifacts });
  } catch (error) {
    return { skipped: error.message.split('\n')[0].replaceAll(folder, '').slice(0, 100) };
  }
  try {
    const values = (shape) => shape.slice(1).reduce((a, b) => a * (b ?? 8), 1);
    if (model.inputs.some(({ shape }) => values(shape) > 2e6))
      return { skipped: 'more than 2 million values an example' };
    const large = model.inputs.some(({ shape }) => values(shape) > 1e5);
    const inputs = (seed, count) =>
      model.inputs.map((input, i) => randomInput(model, input, large ? 4 : count, seed + i));
    const [examples, test] = [inputs(1, 60), inputs(100, 1200)];
    // Recurrent layers with dropout keep masks after a prediction.
    const before = tf.memory().numTensors;
    outputs(model, test);
    const count = tf.memory().numTensors;
    const { model: small, notes } = await compressOnce(model, examples, { ...goal, batchSize: 20 });
    const kept = tf.memory().numTensors - count - small.weights.length - (count - before);
    const plain = await tf.loadLayersModel({ load: async () => plainly(artifacts, goal) });
    const result = { test: test[0].shape[0], ...compared(model, small, plain, test), notes };
    // On what it was compressed with: where only `share` is above 1, the examples were
    // too few.
    result.shareOnExamples = compared(model, small, plain, examples).share;
    for (const each of [model, small, plain]) each.dispose();
    return kept === 0 ? result : { ...result, error: `${kept} tensors were left` };
  } catch (error) {
    return { error: error.message };
  }
}

function compared(model, small, plain, inputs) {
  const [wanted, ours, theirs] = [model, small, plain].map((each) => outputs(each, inputs));
  const zeros = wanted.map((each) => each.map(() => 0));
  const [error, own] = [distance(theirs, wanted), distance(ours, wanted)];
  // Of a model whose outputs do not depend on its inputs, no rounding changes anything.
  return { plain: error / distance(wanted, zeros), share: own === 0 ? 0 : own / error };
}

function randomInput(model, input, count, seed) {
  const shape = [input.shape[0] ?? count, ...input.shape.slice(1).map((size) => size ?? 8)];
  const reads = ({ inboundNodes }) =>
    inboundNodes.some(({ inboundLayers }) => inboundLayers.includes(input.sourceLayer));
  const embedding = model.layers.find((layer) => layer.getClassName() === 'Embedding' && reads(layer));
  if (embedding) return tf.floor(tf.randomUniform(shape, 0, embedding.inputDim, 'float32', seed));
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

function outputs(model, inputs) {
  return tf.tidy(() => [model.predict(inputs, { batchSize: 20 })].flat().map((output) => [...output.dataSync()]));
}

function distance(a, b) {
  const squares = a.flatMap((values, i) => values.map((value, j) => (value - b[i][j]) ** 2));
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}
