/**
 * Sizes and speeds of the compressed format.
 *
 *   node benchmarks/format/run.mjs [--trunk FOLDER] [--no-sizes] [--no-speed]
 *
 * Models: what benchmarks/lenet-300-100 and trainLenet5.mjs left in output/, and a dense model (--trunk or MODEL_DIR); those that are
 * not there are left out, with a message. Writes results/sizes.json and results/speed.json.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack, unpack } from '@tfjs-compress/format';
import { median, writeResult } from '../tools/results.mjs';
import { best, compressors } from './layouts.mjs';
import { entropyBytes, readModel, weightsOf } from './models.mjs';

const { values: args } = parseArgs({
  options: {
    trunk: { type: 'string', default: process.env.MODEL_DIR },
    sizes: { type: 'boolean', default: true },
    speed: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const output = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const models = {
  'LeNet-300-100, pruned, 5-bit powers of two': output('lenet-300-100/output/seed0-inq5'),
  'LeNet-300-100, pruned': output('lenet-300-100/output/seed0-pruned'),
  'LeNet-5, pruned, 5-bit powers of two': output('format/output/lenet5-dns-inq5'),
  'LeNet-5, pruned': output('format/output/lenet5-dns-pruned'),
  'LeNet-5, 5,475 weights, 5-bit powers of two': output('format/output/lenet5-5475-inq5'),
  'MobileNet v1 trunk, dense float32': args.trunk,
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
if (args.speed) writeResult(new URL('results/speed.json', import.meta.url), packages, speeds());

function sizeOf(name, artifacts) {
  const weights = weightsOf(artifacts);
  const bytes = pack(artifacts);
  const same = Buffer.compare(Buffer.from(unpack(bytes).weightData), Buffer.from(artifacts.weightData)) === 0;
  if (!same) throw new Error(`${name} does not come back bit for bit.`);
  const isSmall = artifacts.weightData.byteLength < 2 ** 22;
  const kernels = weights.filter(({ shape }) => shape.length > 1);
  const { modelTopology: _, weightSpecs: __, weightData: ___, ...said } = artifacts;
  const description = pack({ ...said, modelTopology: artifacts.modelTopology }).length;
  const result = {
    name,
    float32Bytes: artifacts.weightData.byteLength,
    nonZeros: weights.reduce((sum, { bits }) => sum + bits.filter((value) => value !== 0).length, 0),
    nonZerosOfKernels: kernels.reduce((sum, { bits }) => sum + bits.filter((value) => value !== 0).length, 0),
    fileBytes: bytes.length,
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

/** VGG-16's size; each timing in a process of its own, the median of three. */
function speeds() {
  const folder = mkdtempSync(join(tmpdir(), 'format-speed-'));
  const task = (name) => {
    const script = fileURLToPath(new URL('speedTask.mjs', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, name, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
    return JSON.parse(stdout.trim().split('\n').at(-1));
  };
  try {
    const result = task('prepare');
    for (const name of ['encode', 'decode', 'gunzip', 'stock']) {
      const runs = [1, 2, 3].map(() => task(name));
      result[name] = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));
    }
    console.log(result);
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
