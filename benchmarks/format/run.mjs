/**
 * Sizes and speeds of the compressed format.
 *
 *   node benchmarks/format/run.mjs [--trunk FOLDER] [--squeezenet FOLDER]
 *     [--efficientnet FOLDER] [--before FILE] [--no-sizes] [--no-small] [--no-speed]
 *
 * Models: what the examples, benchmarks/lenet-300-100 and trainLenet5.mjs left in
 * output/, a dense model (--trunk or MODEL_DIR), the SqueezeNet published with Deep
 * Compression, and EfficientNet-Lite0; those that are not there are left out, with a
 * message. --before is an index.js of packages/format from before, to compare with.
 * Writes results/sizes.json, results/small.json and results/speed.json.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { pack, unpack } from '@tfjs-compress/format';
import { median, writeResult } from '../tools/results.mjs';
import { best, compressors } from './layouts.mjs';
import { entropyBytes, pruneAndQuantize, readModel, weightsOf } from './models.mjs';

const { values: args } = parseArgs({
  options: {
    trunk: { type: 'string', default: process.env.MODEL_DIR },
    squeezenet: { type: 'string' },
    efficientnet: { type: 'string' },
    before: { type: 'string' },
    sizes: { type: 'boolean', default: true },
    small: { type: 'boolean', default: true },
    speed: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const output = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const example = (path) => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
const before = args.before && (await import(pathToFileURL(args.before)));
const models = {
  'LeNet-300-100, pruned, 5-bit powers of two': output('lenet-300-100/output/seed0-inq5'),
  'LeNet-300-100, pruned': output('lenet-300-100/output/seed0-pruned'),
  'LeNet-5, pruned, 5-bit powers of two': output('format/output/lenet5-dns-inq5'),
  'LeNet-5, pruned': output('format/output/lenet5-dns-pruned'),
  'LeNet-5, 5,475 weights, 5-bit powers of two': output('format/output/lenet5-5475-inq5'),
  'LeNet-300-100 of the example, 5-bit powers of two': example('mnist-lenet-300-100/output/quantized.tfz'),
  'LeNet-300-100 of the example, pruned': example('mnist-lenet-300-100/output/pruned.tfz'),
  'LeNet-5 of the example, 5-bit powers of two': example('mnist-lenet-5/output/quantized.tfz'),
  'LeNet-5 of the example, pruned': example('mnist-lenet-5/output/pruned.tfz'),
  'MobileNet v1 trunk, dense float32': args.trunk,
  'SqueezeNet of Deep Compression (published: 675,763 bytes)': args.squeezenet,
};

const packages = ['@tensorflow/tfjs-core', '@tfjs-compress/format'];
if (args.sizes) {
  const sizes = Object.entries(models).flatMap(([name, folder]) => {
    const artifacts = readModel(folder);
    if (!artifacts) console.log(`${name}: not there, left out`);
    return artifacts ? [sizeOf(name, artifacts)] : [];
  });
  writeResult(new URL('results/sizes.json', import.meta.url), packages, { sizes });
}
if (args.small) {
  const small = withTasks(smallSpeeds);
  console.log(small);
  writeResult(new URL('results/small.json', import.meta.url), packages, { small });
}
if (args.speed) writeResult(new URL('results/speed.json', import.meta.url), packages, withTasks(speeds));

function sizeOf(name, artifacts) {
  const weights = weightsOf(artifacts);
  const bytes = pack(artifacts);
  const same = Buffer.compare(Buffer.from(unpack(bytes).weightData), Buffer.from(artifacts.weightData)) === 0;
  if (!same) throw new Error(`${name} does not come back bit for bit.`);
  const isSmall = artifacts.weightData.byteLength < 2 ** 23 && bytes.length < 2 ** 20;
  const kernels = weights.filter(({ shape }) => shape.length > 1);
  const { modelTopology: _, weightSpecs: __, weightData: ___, ...said } = artifacts;
  const description = pack({ ...said, modelTopology: artifacts.modelTopology }).length;
  const result = {
    name,
    float32Bytes: artifacts.weightData.byteLength,
    nonZeros: weights.reduce((sum, { bits }) => sum + bits.filter((value) => value !== 0).length, 0),
    nonZerosOfKernels: kernels.reduce((sum, { bits }) => sum + bits.filter((value) => value !== 0).length, 0),
    fileBytes: bytes.length,
    ...(before && { fileBytesBefore: before.pack(artifacts).length }),
    fileWithoutWeightsBytes: description,
    entropyBytes: entropyBytes(weights),
    kernelsFileBytes: pack({ weightSpecs: kernels.map(specOf), weightData: dataOf(kernels) }).length,
    kernelsEntropyBytes: entropyBytes(kernels),
    general: Object.fromEntries(
      Object.entries(compressors).map(([each, compress]) => {
        if (compress(Buffer.from('x')) === undefined) return [each, 'not installed'];
        return [
          each,
          isSmall ? best(compress, weights) : { layout: 'float32', bytes: compress(Buffer.from(artifacts.weightData)) },
        ];
      }),
    ),
  };
  const others = Object.values(result.general).map((each) => each.bytes ?? Number.POSITIVE_INFINITY);
  Object.assign(result, {
    timesEntropy: bytes.length / result.entropyBytes,
    belowBestGeneral: 1 - bytes.length / Math.min(...others),
  });
  console.log(result);
  return result;
}
function specOf({ name, shape }) {
  return { name, shape, dtype: 'float32' };
}
function dataOf(weights) {
  return Uint8Array.from(
    Buffer.concat(weights.map(({ bits }) => Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength))),
  ).buffer;
}

/**
 * Calls `body` with a folder of its own, and a function that runs a task of speedTask.mjs
 * on it in a process of its own.
 */
function withTasks(body) {
  const folder = mkdtempSync(join(tmpdir(), 'format-speed-'));
  const task = (name) => {
    const script = fileURLToPath(new URL('speedTask.mjs', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, name, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
    return JSON.parse(stdout.trim().split('\n').at(-1));
  };
  try {
    return body(folder, task);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** VGG-16's size; the median of three. */
function speeds(_folder, task) {
  const result = task('prepare');
  for (const name of ['encode', 'decode', 'gunzip', 'stock']) {
    const runs = [1, 2, 3].map(() => task(name));
    result[name] = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));
  }
  console.log(result);
  return result;
}

/**
 * Small models, and EfficientNet-Lite0 pruned to 90% in 5 bits: processor time of a
 * process that decodes one file, above that of one that does nothing, and the rates of
 * the same work done again and again.
 */
function smallSpeeds(folder, task) {
  const names = Object.keys(models).filter((name) => name.includes('5-bit') && readModel(models[name]));
  const all = names.map((name) => [name, readModel(models[name])]);
  if (args.efficientnet)
    all.push(['EfficientNet-Lite0, 90% zeros, 5-bit', pruneAndQuantize(readModel(args.efficientnet), 0.9, 5)]);
  task('bundle');
  return all.map(([name, artifacts]) => {
    writeFileSync(join(folder, 'small.tfz'), pack(artifacts));
    const idle = median(Array.from({ length: 9 }, () => task('idle').processMs));
    const cold = median(Array.from({ length: 9 }, () => task('cold').processMs));
    return { name, coldMs: cold - idle, ...task('warm') };
  });
}
