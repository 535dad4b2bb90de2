/**
 * Times of the four stages of an image's way through a HyperNet: trunk, hyper feature,
 * proposals, detection.
 *
 *   node benchmarks/hypernet/stages.mjs --trunk MOBILENET [--network bloodCells]
 *   [--backends node,wasm,cpu,webgl] [--rounds 15] [--chromium FILE]
 *
 * 'full' and 'fast' in turns. bloodCells: the network of examples/blood-cells on an
 * image of 640 × 480, with random weights beyond the trunk (times do not depend on
 * them). vgg16: the paper's at 600 × 1000. Each backend in a process of its own, whose
 * peak of memory is given. webgl needs a Chromium (--chromium, by default
 * /usr/bin/chromium) and is computed by the processor. Writes
 * results/stages-NETWORK.json.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, writeResult } from '../tools/results.mjs';
import { inBrowser } from './browser.mjs';

const { values } = parseArgs({
  options: {
    trunk: { type: 'string' },
    network: { type: 'string', default: 'bloodCells' },
    backends: { type: 'string', default: 'node,wasm,cpu,webgl' },
    rounds: { type: 'string', default: '15' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const { network } = values;
const backends = {};
for (const backend of values.backends.split(',')) {
  if (backend === 'webgl' && !existsSync(values.chromium)) {
    console.log(`webgl: not measured, there is no ${values.chromium}`);
    continue;
  }
  const { samples, peakMemoryMB } = backend === 'webgl' ? await onPage(backend) : inProcess(backend);
  const summaries = Object.entries(samples).map(([variant, times]) => [variant, summary(times)]);
  backends[backend] = { ...Object.fromEntries(summaries), rounds: samples.full.length, peakMemoryMB };
}
for (const [backend, { full, fast }] of Object.entries(backends)) {
  for (const kind of Object.keys(full)) {
    console.log(`${backend}, ${kind}, full:`, full[kind], 'fast:', fast[kind]);
    console.log(`proposals ${(full[kind].proposals / fast[kind].proposals).toFixed(1)} times faster`);
  }
}
const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node'];
writeResult(new URL(`results/stages-${network}.json`, import.meta.url), packages, {
  backends,
});

function inProcess(backend) {
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

function onPage(backend) {
  return inBrowser({ ...values, backend, rounds: Number(values.rounds) });
}

function summary(times) {
  const stages = Object.keys(times[0].milliseconds);
  const of = (kind) =>
    Object.fromEntries(stages.map((stage) => [stage, median(times.map((each) => each[kind][stage]))]));
  const hasProcessorTime = stages.some((stage) => times[0].processorMs[stage] > 0);
  return { milliseconds: of('milliseconds'), ...(hasProcessorTime && { processorMs: of('processorMs') }) };
}
