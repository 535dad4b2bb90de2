/**
 * Whether `tfjs-compress repair` keeps Keras' predictions: makes small models with Keras
 * 3 (make.py), repairs each with the command line, and compares what tfjs predicts with
 * what Keras did.
 *
 *   node benchmarks/keras-repair/run.mjs [--python PYTHON] [--fixtures]
 *
 * Without --python a virtual environment with keras, jax and h5py is made in a temporary
 * folder, which takes a minute; where that cannot be, it says so and ends with
 * 0. --fixtures writes the models anew into packages/tfjs-compress/fixtures/keras3, where
 * the tests find them. Last line: 'N passed, N failed'. Writes results/keras-repair.json.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { readPlain } from '../public-models/files.mjs';
import { writeResult } from '../tools/results.mjs';

const { values: args } = parseArgs({
  options: { python: { type: 'string' }, fixtures: { type: 'boolean', default: false } },
});
/** One or two of each kind are enough for the tests. */
const fixtures =
  'convolutions recurrent stacked_cells states_and_names nested normalization_keras recurrent_keras nested_keras named'.split(
    ' ',
  );
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const cli = path('../../packages/tfjs-compress/dist/cli.js');
tf.env().set('PROD', true);

const work = mkdtempSync(join(tmpdir(), 'keras-repair-'));
try {
  const python = args.python ?? environment();
  if (python) await compareAll(python);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function compareAll(python) {
  const made = join(work, 'models');
  execFileSync(python, [path('make.py'), made], { stdio: ['ignore', 'inherit', 'ignore'] });
  const env = { ...process.env, KERAS_BACKEND: 'jax' };
  const keras = execFileSync(python, ['-c', 'import keras; print(keras.__version__)'], {
    env,
    encoding: 'utf8',
  }).trim();
  const models = [];
  for (const name of readdirSync(made).sort()) models.push(await compare(made, name));
  for (const { name, loadsUnrepaired, difference, problem } of models)
    console.log(
      `${problem ? '✗' : '✓'} ${name}: ${problem ?? `${difference.toExponential(1)} from Keras`}${loadsUnrepaired ? ' (loads unrepaired)' : ''}`,
    );
  for (const name of args.fixtures ? fixtures : [])
    cpSync(join(made, name), path(`../../packages/tfjs-compress/fixtures/keras3/${name}`), { recursive: true });
  const failed = models.filter(({ problem }) => problem).length;
  writeResult(new URL('results/keras-repair.json', import.meta.url), ['@tensorflow/tfjs'], { keras, models });
  console.log(`${models.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function compare(made, name) {
  const loadsUnrepaired = await load(join(made, name)).then(
    () => true,
    () => false,
  );
  const repaired = spawnSync(process.execPath, [cli, 'repair', join(made, name), join(work, name)], {
    encoding: 'utf8',
  });
  if (repaired.status !== 0) return { name, loadsUnrepaired, problem: repaired.stderr.trim().replaceAll(made, '') };
  const model = await load(join(work, name));
  const { inputs, outputs } = JSON.parse(readFileSync(join(made, name, 'example.json'), 'utf8'));
  const x = inputs.map(({ shape, values }) => tf.tensor(values, shape));
  const y = [model.predict(x.length === 1 ? x[0] : x)].flat().map((each) => each.dataSync());
  const differences = outputs.flatMap(({ values }, i) => values.map((value, j) => Math.abs(value - y[i][j])));
  const difference = Math.max(...differences);
  return { name, loadsUnrepaired, difference, ...(!(difference < 1e-5) && { problem: `${difference} from Keras` }) };
}

async function load(folder) {
  const { json, weights } = readPlain(folder);
  const { weightsManifest: _, ...rest } = json;
  const weightData = Uint8Array.from(Buffer.concat(weights.map(({ bytes }) => bytes))).buffer;
  return tf.loadLayersModel({
    load: async () => ({ ...rest, weightSpecs: weights.map(({ spec }) => spec), weightData }),
  });
}

/** Python with Keras; undefined, with a word, where it cannot be had. */
function environment() {
  try {
    const folder = join(work, 'python');
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'ignore' });
    const python = join(folder, 'bin', 'python');
    execFileSync(python, ['-m', 'pip', 'install', '-q', 'keras==3.15.1', 'jax', 'h5py'], { stdio: 'ignore' });
    return python;
  } catch (error) {
    console.log(`Left out: Keras cannot be installed here (${error.message.split('\n')[0]}).\n0 passed, 0 failed`);
    return undefined;
  }
}
