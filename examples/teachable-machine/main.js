import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { compressed, compressOnce } from 'tfjs-compress';
import { readPictures } from './pictures.js';

const [folder, pictures] = process.argv.slice(2);
if (!folder || !existsSync(join(folder, 'model.json')) || !pictures)
  throw new Error(
    'Usage: node main.js FOLDER PICTURES: a Teachable Machine image model, unzipped, and a folder of pictures.',
  );
const output = join(dirname(fileURLToPath(import.meta.url)), 'output');
mkdirSync(output, { recursive: true });
console.log(`Backend: ${await startBackend()}`);

const model = await tf.loadLayersModel(modelFolder(folder));
const all = await readPictures(pictures);
// A fifth of the pictures judges; the model sees the others while it is compressed.
const held = Math.max(1, Math.floor(all.shape[0] / 5));
const [test, examples] = tf.split(all, [held, all.shape[0] - held]);

const options = { bits: 5, batchSize: 16, onProgress: showProgress };
const { model: small, notes } = await compressOnce(model, examples, options);
for (const note of notes) console.log(note);
const classes = (each) => tf.tidy(() => tf.argMax(each.predict(test), 1).arraySync());
const [before, after] = [classes(model), classes(small)];
console.log(`Same class on ${before.filter((each, i) => each === after[i]).length} of ${held} pictures kept aside`);

const file = join(output, 'model.tfz');
const { sizeBytes } = await small.save(compressed(`file://${file}`));
const bytes = model.weights.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
console.log(
  `${file}: ${sizeBytes} bytes, of ${bytes} bytes of weights (${(bytes / sizeBytes).toFixed(1)} times smaller)`,
);

const page = join(output, 'page.html');
const cli = join(dirname(createRequire(import.meta.url).resolve('tfjs-compress/package.json')), 'dist', 'cli.js');
console.log(execFileSync(process.execPath, [cli, 'page', file, page, ...labels()], { encoding: 'utf8' }).trim());

/** The names of the classes, which Teachable Machine writes into metadata.json. */
function labels() {
  const metadata = join(folder, 'metadata.json');
  if (!existsSync(metadata)) return [];
  const names = join(output, 'labels.json');
  writeFileSync(names, JSON.stringify(JSON.parse(readFileSync(metadata, 'utf8')).labels));
  return ['--labels', names];
}

function showProgress(done) {
  if (process.stderr.isTTY) process.stderr.write(done < 1 ? `\rcompressing ${Math.round(100 * done)}%` : '\r\u001b[K');
}
