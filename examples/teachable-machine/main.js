/**
 * Compresses a Teachable Machine image model with some images, without training it, and
 * makes a page of it: `npm start -- MODEL IMAGES`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compressed, compressOnce } from 'tfjs-compress';
import { readImages } from './images.js';

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  const { folder, images, output } = readArguments();
  await tf.setBackend('wasm');
  const model = await readModel(folder);
  const all = await readImages(images, model.inputs[0].shape.slice(1));
  // A fifth of the images judges; the model sees the others while it is compressed.
  const held = Math.max(1, Math.floor(all.shape[0] / 5));
  const [test, examples] = tf.split(all, [held, all.shape[0] - held]);

  const options = { bits: 5, batchSize: 16, onProgress: progress() };
  const { model: small, notes } = await compressOnce(model, examples, options);
  for (const note of notes) console.log(note);
  const classes = (each) => tf.tidy(() => tf.argMax(each.predict(test), 1).arraySync());
  const [before, after] = [classes(model), classes(small)];
  console.log(`Same class on ${before.filter((each, i) => each === after[i]).length} of ${held} images kept aside`);

  mkdirSync(output, { recursive: true });
  const file = join(output, 'model.tfz');
  const { sizeBytes } = await small.save(compressed(`file://${file}`));
  const bytes = model.weights.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  console.log(
    `${file}: ${sizeBytes} bytes, of ${bytes} bytes of weights (${(bytes / sizeBytes).toFixed(1)} times smaller)`,
  );

  const page = join(output, 'page.html');
  // As `npx tfjs-compress page` does, which on Windows would need quotes.
  const command = fileURLToPath(new URL('dist/cli.js', import.meta.resolve('tfjs-compress/package.json')));
  const args = [command, 'page', file, page, ...labels(folder, output)];
  console.log(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim());
}

function readArguments() {
  const usage = 'Usage: npm start -- FOLDER IMAGES [--output FOLDER]';
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { output: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) } },
  });
  if (positionals.length !== 2)
    throw new Error(`${usage}: expected a Teachable Machine image model, unzipped, and a folder of images.`);
  const [folder, images] = positionals;
  if (!existsSync(join(folder, 'model.json')))
    throw new Error(
      `FOLDER: expected a folder with model.json, as Teachable Machine exports it, received '${folder}'.`,
    );
  return { folder, images, output: values.output };
}

async function readModel(folder) {
  const model = await loadFolder(folder).catch((error) => {
    throw new Error(`FOLDER: expected a model that TensorFlow.js loads, received '${folder}': ${error.message}`);
  });
  const { shape } = model.inputs[0];
  if (model.inputs.length !== 1 || shape.length !== 4 || shape.slice(1).includes(null) || ![1, 3].includes(shape[3]))
    throw new Error(`FOLDER: expected a model of images, received one whose input is [${shape.join(', ')}].`);
  return model;
}

/** Node reads no model folders without tfjs-node; this does. */
async function loadFolder(folder) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const files = weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path))));
  const weightData = Uint8Array.from(Buffer.concat(files)).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

/** The names of the classes, which Teachable Machine writes into metadata.json. */
function labels(folder, output) {
  const metadata = join(folder, 'metadata.json');
  if (!existsSync(metadata)) return [];
  const names = join(output, 'labels.json');
  writeFileSync(names, JSON.stringify(JSON.parse(readFileSync(metadata, 'utf8')).labels));
  return ['--labels', names];
}

/** A line for each tenth, so that it can be read in a log, too. */
function progress() {
  let tenths = 0;
  return (done) => {
    if (Math.floor(10 * done) <= tenths) return;
    tenths = Math.floor(10 * done);
    console.error(`compressing ${10 * tenths}%`);
  };
}
