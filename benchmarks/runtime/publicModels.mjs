/**
 * Whether the runtime computes what TensorFlow.js computes, for every layers model in
 * some folders:
 *
 *   node benchmarks/runtime/publicModels.mjs FOLDER [FOLDER …]
 *     [--only NAME,NAME] [--backend wasm] [--source]
 *
 * A FOLDER is a model's (with a model.json) or holds such folders. Both predict random
 * inputs of the right kind at batch 1 and 3, each model in a process of its own. Prints a
 * line for each model: 'equal' (the largest difference is at most 1e-5 of the largest
 * output), 'refused' with the runtime's reason, 'WRONG', or 'no model' with the reason
 * why there is nothing to compare. --source bundles this repository's packages from
 * TypeScript. Ends with status 1 if anything is WRONG.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const { values: args, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    backend: { type: 'string', default: 'wasm' },
    source: { type: 'boolean', default: false },
  },
});
if (folders.length === 0) throw new Error('At least one argument is needed: a folder with models.');

const work = mkdtempSync(join(tmpdir(), 'public-models-'));
const names = args.only?.split(',');
const task = fileURLToPath(new URL('publicModelsTask.mjs', import.meta.url));
const counts = {};
try {
  const runtime = args.source ? await bundle() : '@tfjs-compress/runtime';
  for (const file of folders.flatMap(modelsIn)) {
    const name = basename(join(file, '..'));
    if (names && !names.includes(name)) continue;
    const { verdict, reason } = check(file, runtime);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
    console.log(`${verdict.padEnd(9)} ${name.padEnd(30)} ${reason}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(
  Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', '),
);
if (counts.WRONG > 0) process.exitCode = 1;

/** The model.json of a folder or of the folders in it; some have another name. */
function modelsIn(folder) {
  const files = (inside) => readdirSync(inside).filter((name) => name.endsWith('.json') && !/meta|keras-l2/.test(name));
  if (existsSync(join(folder, 'model.json'))) return [join(folder, 'model.json')];
  return readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .flatMap(({ name }) => files(join(folder, name)).map((file) => join(folder, name, file)));
}

/** In a process of its own: a model that takes all memory ends only that. */
function check(file, runtime) {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [task, file, runtime, args.backend], {
    encoding: 'utf8',
    timeout: 600_000,
  });
  const last = stdout.trim().split('\n').at(-1);
  if (status === 0 && last.startsWith('{')) return JSON.parse(last);
  const problem = stderr.trim().split('\n').at(-1);
  return { verdict: 'WRONG', reason: `the process ended with ${signal ?? status}: ${problem}` };
}

async function bundle() {
  const outfile = join(work, 'runtime.mjs');
  await esbuild.build({
    entryPoints: [fileURLToPath(new URL('../../packages/runtime/src/index.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    conditions: ['tfjs-compress-source'],
    logLevel: 'error',
  });
  return outfile;
}
