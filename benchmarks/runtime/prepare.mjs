/**
 * Makes the nets and writes what the contenders read, and inputs with tfjs's outputs for
 * each batch.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { pack, unpack } from '@tfjs-compress/format';
import { readModel } from '../format/models.mjs';
import { inputsOf } from './measure.mjs';
import { nets } from './nets.mjs';
import { toSteps } from './steps.mjs';
import { makeInput, pruneByMagnitude, setRandomWeights } from './weights.mjs';

/**
 * Writes NET.tfz, NET.model.json and .bin (layers model), NET.json and .bin (steps),
 * NET.BATCH.x and .y to the folder.
 *
 * @param sources Paths by nets' `folder` (a folder with model.json) and `file` (a .tfz).
 * @returns A description of each net: name, input shape, batches, tfzBytes, zeros of all
 *   kernels. Nets whose file is not given are left out.
 */
export async function prepare(folder, names, sources) {
  mkdirSync(folder, { recursive: true });
  await tf.setBackend('wasm');
  const made = [];
  for (const name of names) {
    const model = await makeModel(nets[name], sources);
    if (!model) continue;
    made.push(await writeNet(folder, name, model));
    model.dispose();
  }
  return made;
}

async function makeModel(net, sources) {
  if (net.file) {
    const path = sources[net.file];
    return path && tf.loadLayersModel({ load: () => unpack(Uint8Array.from(readFileSync(path)).buffer) });
  }
  const artifacts = readModel(sources[net.folder]);
  if (artifacts) {
    const model = await tf.loadLayersModel({ load: async () => artifacts });
    pruneByMagnitude(tf, model, net);
    return model;
  }
  const model = net.build(tf);
  setRandomWeights(tf, model, net);
  return model;
}

async function writeNet(folder, name, model) {
  const { vocabulary, batches } = nets[name];
  const write = (ending, contents) => writeChanged(join(folder, name + ending), contents);
  const artifacts = await new Promise((resolve) => {
    model.save({ save: async (given) => resolve(given) ?? {} });
  });
  const { weightData, ...description } = artifacts;
  write('.model.json', JSON.stringify({ ...description, weightBytes: weightData.byteLength }));
  const isNew = write('.model.bin', new Uint8Array(weightData));
  const tfz = join(folder, `${name}.tfz`);
  if (isNew || !existsSync(tfz)) writeFileSync(tfz, pack(artifacts));
  const { steps, weights } = toSteps(model);
  write('.json', JSON.stringify(steps));
  write('.bin', new Uint8Array(weights.buffer));

  const input = model.inputs[0].shape.slice(1);
  for (const batch of batches) {
    const all = [batch * inputsOf(batch), ...input];
    const x = makeInput(all, vocabulary);
    const y = tf.tidy(() => model.predict(tf.tensor(x, all)).dataSync());
    write(`.${batch}.x`, new Uint8Array(x.buffer));
    write(`.${batch}.y`, new Uint8Array(Float32Array.from(y).buffer));
  }
  return { name, input, batches, tfzBytes: statSync(tfz).size, zeros: zerosOf(model) };
}

/**
 * Models are converted anew only when they have changed, which the file's time tells.
 * Returns whether it has.
 */
function writeChanged(file, contents) {
  const bytes = Buffer.from(contents);
  const isChanged = !existsSync(file) || !readFileSync(file).equals(bytes);
  if (isChanged) writeFileSync(file, bytes);
  return isChanged;
}

function zerosOf(model) {
  const kernels = model.weights.filter(({ name, shape }) => shape.length > 1 && !name.endsWith('/embeddings'));
  const count = (each) => each.reduce((sum, value) => sum + (value === 0), 0);
  const values = kernels.map((weight) => weight.read().dataSync());
  const [zeros, all] = values.reduce(([z, n], each) => [z + count(each), n + each.length], [0, 0]);
  return zeros / all;
}

/** Makes the rivals' models by convert.py; returns what went wrong, by file. */
export function convert(folder, made, python) {
  const script = fileURLToPath(new URL('convert.py', import.meta.url));
  const names = made.map(({ name }) => name);
  const run = spawnSync(python, [script, folder, ...names], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const line = run.stdout?.trim().split('\n').at(-1);
  if (run.status !== 0 || !line) return { all: (run.stderr ?? run.error.message).trim().split('\n').at(-1) };
  return JSON.parse(line);
}
