/**
 * Trains examples/blood-cells with several seeds and puts their figures together.
 *
 *   node benchmarks/hypernet/run.mjs --data BCCD --trunk MOBILENET [--variant fast]
 *   [--seeds 1,2,3,4,5] [--epochs 12] [--compress 6] [--runs FOLDER] [--note TEXT]
 *
 * A seed's run is kept below --runs (default: output beside this file); what is there
 * already is only read, and a run that was ended goes on. Writes results/<variant>.json:
 * the figures of other seeds, trained for as many epochs, stay in it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { meanAndSpread, readResult, writeResult } from '../tools/results.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    trunk: { type: 'string' },
    variant: { type: 'string', default: 'fast' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    epochs: { type: 'string', default: '12' },
    compress: { type: 'string', default: '6' },
    note: { type: 'string' },
    runs: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
  },
});
const { variant, epochs, compress } = values;
const main = fileURLToPath(new URL('../../examples/blood-cells/main.js', import.meta.url));
const file = new URL(`results/${variant}.json`, import.meta.url);
const seeds = values.seeds.split(',').map(Number);
const runs = [...seeds.map(run), ...earlierRuns()].sort((a, b) => a.seed - b.seed);
const compressed = runs.filter(({ stages }) => stages.some(({ stage }) => stage === 'pruned'));
writeResult(file, ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'sharp'], {
  variant,
  epochs: { train: Number(epochs), compress: Number(compress) },
  trained: figuresOf(runs, 'trained'),
  ...(compressed.length > 0 && {
    compressed: { ...figuresOf(compressed, 'as one file'), ...compressionOf(compressed) },
  }),
  runs,
});

function run(seed) {
  const output = join(values.runs, `${variant}-${seed}`);
  mkdirSync(output, { recursive: true });
  const { data, trunk } = values;
  // The same for every seed.
  const levels = join(values.runs, 'levels');
  const options = { data, trunk, output, levels, variant, epochs, compress, seed: String(seed) };
  const args = Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]);
  const stages = () => readResult(pathToFileURL(join(output, 'stages.json')));
  // Without compression nothing after 'trained' is needed; with it, an earlier run
  // without may have written 'as one file'.
  const names = Number(compress) > 0 ? ['trained', 'quantized', 'as one file'] : ['trained'];
  const isDone = existsSync(join(output, 'stages.json')) && names.every((name) => stages().some(isFinished(name)));
  if (!isDone) {
    const { status } = spawnSync(process.execPath, [main, ...args], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`seed ${seed}: ended with ${status}`);
  }
  return { seed, note: values.note, stages: stages() };
}

/** What the file has of other seeds. */
function earlierRuns() {
  if (!existsSync(file)) return [];
  const { note, epochs: earlier, runs } = readResult(file);
  if (earlier.train !== Number(epochs) || earlier.compress !== Number(compress)) return [];
  return runs.filter(({ seed }) => !seeds.includes(seed)).map((each) => ({ note, ...each }));
}

function figuresOf(runs, name) {
  const rows = runs.map(({ stages }) => stages.find(({ stage }) => stage === name));
  const names = ['map', 'cocoAp', 'precision', 'recall', 'recall100'];
  return Object.fromEntries(names.map((name) => [name, meanAndSpread(rows.map((row) => row[name]))]));
}

function compressionOf(runs) {
  const pairs = runs.map(({ stages }) =>
    ['trained', 'as one file'].map((name) => stages.find((row) => row.stage === name)),
  );
  return {
    smaller: meanAndSpread(pairs.map(([before, after]) => before.bytes / after.bytes)),
    mapLost: meanAndSpread(pairs.map(([before, after]) => before.map - after.map)),
  };
}

/**
 * 'quantized' is trained and evaluated as one file; the other stages have figures of
 * their own.
 */
function isFinished(name) {
  return (row) => row.stage === name && (name === 'quantized' || row.map !== undefined);
}
