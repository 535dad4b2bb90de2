/**
 * Kills a search with kill -9 at random moments and goes on with it: each time the result
 * must be that of a search that was left alone.
 * `node benchmarks/search/killed.mjs [MODULE] [--times 10] [--workers N] [--seed 0]`. Ten
 * searches are killed once each, then one search ten times in a row. Writes
 * results/killed.json.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from '@tfjs-compress/math/internal';
import { writeResult } from '../tools/results.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '10' },
    workers: { type: 'string' },
    seed: { type: 'string', default: '0' },
  },
});
const times = Number(values.times);
const seed = Number(values.seed);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const module = positionals[0] ?? path('../../test-e2e/projects/search/search.mjs');
const folder = mkdtempSync(join(tmpdir(), 'killed-'));

const alone = await run('alone');
const expected = stateOf('alone');
const single = [];
for (let i = 0; i < times; i++) {
  const after = random(seed, 1, i) * alone.seconds;
  const { trials } = await run(`once${i}`, after);
  await run(`once${i}`);
  single.push(row(after, trials, `once${i}`));
}
const often = [];
for (let i = 0; i < times; i++) {
  // Not before it has begun, or it would never come to an end.
  const after = (0.15 + 0.35 * random(seed, 2, i)) * alone.seconds;
  const { trials } = await run('often', after);
  often.push(row(after, trials));
}
await run('often');
const isOftenEqual = stateOf('often') === expected;
const isEqual = single.every((each) => each.isEqual) && isOftenEqual;
console.table(single);
console.table(often);
console.log(isEqual ? 'Every search came to the same result.' : 'NOT every search came to the same result.');
writeResult(new URL('results/killed.json', import.meta.url), ['tfjs-compress', '@tensorflow/tfjs-core'], {
  trials: alone.trials,
  seconds: alone.seconds,
  workers: Number(values.workers ?? 0),
  killedOnce: single,
  killedOften: often,
  isEqual,
});
rmSync(folder, { recursive: true });
process.exitCode = isEqual ? 0 : 1;

function row(after, trials, output) {
  const seconds = Number(after.toFixed(2));
  return { seconds, trialsThen: trials, ...(output && { isEqual: stateOf(output) === expected }) };
}

/**
 * Runs the search until it ends or is killed; returns how long that took and how many
 * trials are on disk.
 */
async function run(output, killAfter) {
  const workers = values.workers ? ['--workers', values.workers] : [];
  const args = [path('../../packages/tfjs-compress/dist/cli.js'), 'search', module, '--output', join(folder, output)];
  const begin = Date.now();
  const child = spawn(process.execPath, [...args, ...workers], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const ended = once(child, 'exit');
  if (killAfter !== undefined) {
    await Promise.race([setTimeout(1000 * killAfter), ended]);
    child.kill('SIGKILL');
  }
  const [code] = await ended;
  if (killAfter === undefined && code !== 0) throw new Error(`the search ended with ${code}\n${errors}`);
  return { seconds: (Date.now() - begin) / 1000, trials: namesOf(output).length };
}

function namesOf(output) {
  const trials = join(folder, output, 'trials');
  return existsSync(trials)
    ? readdirSync(trials)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];
}

/** Every trial without its time, and the bytes of the best model. */
function stateOf(output) {
  const trials = namesOf(output).map((name) => {
    const result = JSON.parse(readFileSync(join(folder, output, 'trials', name), 'utf8'));
    return { ...result, seconds: 0 };
  });
  return JSON.stringify([trials, readFileSync(join(folder, output, 'best.tfz'), 'base64')]);
}
