/**
 * compress() with default options against settings that were found by hand.
 *
 *   MNIST_DIR=folder node benchmarks/search/run.mjs [lenet-300-100] [lenet-5] node
 *   benchmarks/search/run.mjs teachable-machine resnet-8 resnet-20 --models
 *   FOLDER --cifar FOLDER [--seeds 3] [--first 0] [--images N] [--minutes N] [--trials
 *   N] [--epochs N] [--only hand]
 *
 * Validation images decide what compress() returns, and how much it may lose, which is
 * what the nets made by hand lose (data.mjs says which they are). The test set is read
 * once, at the end of each run, by all contenders. Times are processor time of this
 * process. Writes results/NET.json after every seed. Dense nets, those made by hand, and
 * every trial of a search are kept in output/ and not made again: a run that was stopped
 * goes on.
 *
 * --images trains on a part of the images: such runs, and those with other options of
 * the search, are kept apart. --only hand leaves the search out.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { readResult, writeResult } from '../tools/results.mjs';
import { contest } from './contest.mjs';
import { nets } from './nets.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '3' },
    first: { type: 'string', default: '0' },
    trials: { type: 'string' },
    epochs: { type: 'string' },
    minutes: { type: 'string' },
    images: { type: 'string' },
    only: { type: 'string' },
    models: { type: 'string' },
    cifar: { type: 'string' },
  },
});
const unknown = positionals.find((name) => !nets[name]);
if (positionals.length === 0 || unknown)
  throw new Error(`expected some of ${Object.keys(nets).join(', ')}, received ${unknown ?? 'none'}.`);
const backend = await startBackend();
const number = (name) => args[name] && Number(args[name]);
const searchOptions = Object.fromEntries(
  ['trials', 'epochs', 'minutes'].filter((name) => args[name]).map((name) => [name, number(name)]),
);

for (const name of positionals) {
  const net = nets[name];
  const output = fileURLToPath(new URL(`output/${label(name)}`, import.meta.url));
  const data = await net.data({ ...args, images: number('images'), output });
  for (let seed = number('first'); seed < number('first') + number('seeds'); seed++) {
    const options = { seed, folder: `${output}-seed${seed}`, searchOptions, isHandOnly: args.only === 'hand' };
    const one = await contest(name, { ...net, build: (k) => net.build(k, args) }, data, options);
    if (one) add(name, net, data, one);
  }
  tf.dispose(data);
}

function add(name, net, data, one) {
  const file = new URL(`results/${label(name)}.json`, import.meta.url);
  const count = ({ xs }) => xs.shape[0];
  const settings = {
    hand: net.hand,
    dense: net.dense,
    search: { ...net.search, ...searchOptions },
    examples: { train: count(data.train), validation: count(data.validation), test: count(data.test) },
  };
  const before = existsSync(file) ? readResult(file) : undefined;
  const isSame = JSON.stringify(before?.settings) === JSON.stringify(JSON.parse(JSON.stringify(settings)));
  const others = isSame ? before.runs.filter(({ seed }) => seed !== one.seed) : [];
  const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];
  writeResult(file, packages, { backend, settings, runs: [...others, one].sort((a, b) => a.seed - b.seed) });
}

function label(name) {
  const others = ['trials', 'epochs', 'minutes'].filter((key) => args[key]).map((key) => `-${key}${args[key]}`);
  return [name, args.images ? `-${args.images}` : '', ...others].join('');
}
