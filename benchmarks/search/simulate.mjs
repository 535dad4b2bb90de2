/**
 * How much a search gains from many workers: the scheduler's own code with made-up
 * results instead of trainings, which follow those of a real search (of recordedJob.mjs,
 * which has to be run before).
 * `node benchmarks/search/simulate.mjs [--seeds 5] [--workers 1024] [--deadline 12]`.
 * Writes results/simulate.json: for 1, 4, 16, … workers, the smallest file found for each
 * loss at the deadline (medians), and how busy the workers were. The deadline is given in
 * long trials.
 */
import { parseArgs } from 'node:util';
// No entry of the package has them: they are not for users.
import { frontierOf } from '../../packages/tfjs-compress/dist/search/ranking.js';
import { createScheduler } from '../../packages/tfjs-compress/dist/search/Scheduler.js';
import { resolveSearchOptions } from '../../packages/tfjs-compress/dist/search/searchOptions.js';
import { median, writeResult } from '../tools/results.mjs';
import { fitLaw } from './law.mjs';
import { readRecorded } from './readRecorded.mjs';

const { values: args } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    workers: { type: 'string', default: '1024' },
    deadline: { type: 'string', default: '12' },
  },
});
const losses = [0.005, 0.01, 0.02, 0.04];
/** As recordedJob.mjs has it: the law knows no longer trials. */
const epochs = 8;

const { baseline, trials } = readRecorded(new URL('output/recorded/', import.meta.url));
const law = fitLaw(baseline, trials);
const deadline = Number(args.deadline) * epochs * law.meanEpochSeconds;
const seeds = Array.from({ length: Number(args.seeds) }, (_, seed) => seed);
const counts = [];
for (let count = 1; count <= Number(args.workers); count *= 4) counts.push(count);

const rows = [];
for (const width of ['default', 'workers']) {
  for (const workers of counts) {
    const begin = Date.now();
    const runs = seeds.map((seed) => simulate(workers, width === 'default' ? 6 : Math.max(6, 6 * workers), seed));
    const medianOf = (pick) => median(runs.map(pick));
    const bytes = Object.fromEntries(losses.map((loss) => [loss, medianOf((run) => run.bytes[loss])]));
    const [finished, busy] = [medianOf((run) => run.finished), medianOf((run) => run.busy)];
    const generations = medianOf((run) => run.generations);
    rows.push({ width, workers, generations, finished, busy: Number(busy.toFixed(3)), bytes });
    console.log(JSON.stringify(rows.at(-1)), `${((Date.now() - begin) / 1000).toFixed(1)} s`);
  }
}
const recorded = { trials: trials.length, baseline: { score: baseline.score, sizeBytes: baseline.sizeBytes } };
writeResult(new URL('results/simulate.json', import.meta.url), ['tfjs-compress'], {
  recorded,
  law: law.figures,
  seeds: seeds.length,
  deadline: { longTrials: Number(args.deadline), seconds: deadline, epochs },
  losses,
  rows,
});

/** One search: each generation begins when the one before has ended, as in runSearch. */
function simulate(workers, width, seed) {
  const search = resolveSearchOptions({ maxLoss: 0.01, width, epochs, seed, trials: 1e6 });
  const scheduler = createScheduler(search, baseline, workers);
  const results = [];
  let [now, generations, working] = [0, 0, 0];
  while (now < deadline) {
    const specs = scheduler.next(results);
    if (!specs) break;
    generations++;
    const free = new Array(workers).fill(now);
    for (const spec of specs) {
      const next = free.indexOf(Math.min(...free));
      if (free[next] >= deadline) break;
      const result = law.resultOf(spec, seed);
      const end = free[next] + result.seconds;
      working += Math.min(end, deadline) - free[next];
      free[next] = end;
      if (end <= deadline) results.push(result);
    }
    now = Math.max(...free);
  }
  const frontier = frontierOf(results);
  const smallest = (loss) => frontier.find(({ score }) => score >= baseline.score - loss - 1e-9)?.sizeBytes;
  const bytes = Object.fromEntries(losses.map((loss) => [loss, smallest(loss) ?? baseline.sizeBytes]));
  return { bytes, finished: results.length, generations, busy: working / (workers * deadline) };
}
