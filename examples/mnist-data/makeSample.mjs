/**
 * Makes the embedded sample in data/ from the full set: MNIST_DIR=folder node
 * makeSample.mjs
 *
 * Of each digit's n images it takes 500 (training) or 100 (test), the i-th being number
 * floor(i · n / 500), in the set's own order. Spread evenly because the second half of
 * the test set is harder than the first. Nothing is random: it always makes the same
 * files.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { fullSet, sample } from './files.js';
import { readIdx } from './idx.js';

/** The unzipped bytes of the sample's idx files by file name. */
export function makeSample(folder) {
  const files = {};
  for (const [part, each] of Object.entries(fullSet)) {
    const labels = readIdx(folder, each.labels);
    const images = readIdx(folder, each.images);
    const { images: wantedImages, labels: wantedLabels } = sample[part];
    const chosen = choose(labels, wantedLabels.shape[0] / 10);
    const taken = chosen.map((i) => images.subarray(i * 784, (i + 1) * 784));
    files[wantedLabels.name] = idxBytes(wantedLabels.shape, [Uint8Array.from(chosen, (i) => labels[i])]);
    files[wantedImages.name] = idxBytes(wantedImages.shape, taken);
  }
  return files;
}

/**
 * Indices of `perDigit` images of each digit, spread evenly over the set, ascending.
 */
function choose(labels, perDigit) {
  const byDigit = Array.from({ length: 10 }, () => []);
  for (const [i, label] of labels.entries()) byDigit[label].push(i);
  const spread = (all) => Array.from({ length: perDigit }, (_, i) => all[Math.floor((i * all.length) / perDigit)]);
  return byDigit.flatMap(spread).sort((a, b) => a - b);
}

function idxBytes(shape, chunks) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length, 0);
  for (const [i, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([header, ...chunks]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.env.MNIST_DIR) throw new Error('MNIST_DIR must name the folder of the full set.');
  const data = fileURLToPath(new URL('data', import.meta.url));
  mkdirSync(data, { recursive: true });
  for (const [name, bytes] of Object.entries(makeSample(process.env.MNIST_DIR))) {
    const zipped = gzipSync(bytes, { level: 9 });
    writeFileSync(join(data, `${name}.gz`), zipped);
    console.log(`${name}.gz ${zipped.length} bytes, MD5 unzipped ${createHash('md5').update(bytes).digest('hex')}`);
  }
}
