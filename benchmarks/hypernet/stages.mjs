/**
 * Times of the four stages of a picture's way through a HyperNet: trunk, hyper feature, proposals, detection; 'full' against 'fast'.
 *
 *   node benchmarks/hypernet/stages.mjs --trunk MOBILENET [--backends node,wasm] [--rounds 5]
 *
 * The network of examples/blood-cells on a picture of 640 × 480 with random weights beyond the trunk (times do not depend on them; 'full'
 * and 'fast' take turns), and the paper's VGG-16 form at 600 × 1000 with the peak of memory. Each in a process of its own. Writes results/stages.json.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeResult } from '../tools/results.mjs';

const { values } = parseArgs({
  options: {
    trunk: { type: 'string' },
    backends: { type: 'string', default: 'node,wasm' },
    rounds: { type: 'string', default: '5' },
    vgg: { type: 'string', default: 'node' },
  },
});
const backends = values.backends.split(',');
const bloodCells = Object.fromEntries(backends.map((each) => [each, task(each, 'bloodCells')]));
const vgg16 = Object.fromEntries(
  values.vgg
    .split(',')
    .filter(Boolean)
    .map((each) => [each, task(each, 'vgg16')]),
);
for (const [backend, { full, fast }] of Object.entries(bloodCells)) {
  const ratio = full.milliseconds.proposals / fast.milliseconds.proposals;
  console.log(`${backend}: proposals of 'fast' ${ratio.toFixed(1)} times faster`);
}
writeResult(new URL('results/stages.json', import.meta.url), ['@tensorflow/tfjs', '@tensorflow/tfjs-node'], {
  bloodCells,
  vgg16,
});

function task(backend, network) {
  const file = fileURLToPath(new URL('stagesTask.mjs', import.meta.url));
  const args = [file, network, String(values.trunk), values.rounds];
  const env = { ...process.env, TFJS_BACKEND: backend };
  const { status, stdout } = spawnSync(process.execPath, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${network} on ${backend}: ended with ${status}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}
