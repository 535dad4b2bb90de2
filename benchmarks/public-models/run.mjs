/**
 * Every command of the command line, and one epoch of each callback, on every model in a
 * folder.
 *
 *   node benchmarks/public-models/run.mjs FOLDER [--only NAME,NAME] [--bench NAME,NAME]
 *   [--no-fit] [--name RESULT]
 *
 * FOLDER holds a folder with model.json for each model (or is one itself), and, if it has
 * any, a README.md with a table `| case | … | parameters | K | class | …` that says what
 * is right: OK, NOLOAD (tfjs cannot load it), GRAPH, MISSING (weight files are absent),
 * NOTMODEL, EMPTY, EXTRA (bytes behind the weights), with a question mark where tfjs
 * decides; K kernels. Models that are not in the table are OK, and tfjs says how many
 * kernels they have. Every command runs in a process of its own, as a user's does; what
 * is right is worked out from the files, without the packages under test. Last line: 'N
 * passed, N failed'. Writes results/NAME.json.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeResult } from '../tools/results.mjs';
import { checkModel } from './checkModel.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    bench: { type: 'string', default: 'simplernn,dense-decoder,graph-tictactoe,keras3-sequential' },
    'no-fit': { type: 'boolean', default: false },
    name: { type: 'string' },
  },
});
if (positionals.length !== 1) throw new Error('One argument is needed: a folder with models.');
const folder = resolve(positionals[0]);
if (!existsSync(folder)) throw new Error(`${positionals[0]}: there is no such folder.`);

const work = mkdtempSync(join(tmpdir(), 'public-models-'));
const benched = new Set(args.bench.split(','));
const models = modelsIn(folder).filter(({ name }) => !args.only || args.only.split(',').includes(name));
const start = Date.now();
const results = [];
try {
  const queue = [...models];
  const worker = async () => {
    for (let model = queue.shift(); model; model = queue.shift()) {
      const options = { work: join(work, model.name), fit: !args['no-fit'], bench: benched.has(model.name) };
      results.push(await checkModel(model, options));
      print(results.at(-1));
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
} finally {
  rmSync(work, { recursive: true, force: true });
}

const order = new Map(models.map(({ name }, i) => [name, i]));
results.sort((a, b) => order.get(a.name) - order.get(b.name));
const checks = results.flatMap((each) => each.checks.map((check) => ({ name: each.name, ...check })));
const failed = checks.filter(({ problem }) => problem);
printTable(results);
const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', 'tfjs-compress'];
writeResult(new URL(`results/${args.name ?? basename(folder)}.json`, import.meta.url), packages, {
  seconds: Math.round((Date.now() - start) / 1000),
  passed: checks.length - failed.length,
  failed: failed.length,
  models: results,
});
for (const { name, what, problem } of failed) console.log(`✗ ${name}, ${what}: ${problem}`);
console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** The models in a folder with what the README beside them says of each. */
function modelsIn(path) {
  const expected = tableIn(join(path, 'README.md'));
  const isModel = (each) => existsSync(join(each, 'model.json'));
  if (isModel(path)) return [{ name: basename(path), path, kind: 'OK' }];
  const names = readdirSync(path).filter((name) => isModel(join(path, name)));
  return names.sort().map((name) => ({ name, path: join(path, name), kind: 'OK', ...expected.get(name) }));
}

function tableIn(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const rows = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').map((cell) => cell.trim()));
  const head = rows.findIndex((cells) => cells.includes('case') && cells.includes('class'));
  if (head < 0) return new Map();
  const at = (name) => rows[head].indexOf(name);
  const number = (text) => Number(text.replaceAll(',', ''));
  return new Map(
    rows.slice(head + 2).map((cells) => [
      cells[at('case')],
      {
        kind: cells[at('class')].replace('?', ''),
        isOpen: cells[at('class')].endsWith('?'),
        parameters: number(cells[at('parameters')]),
        kernels: number(cells[at('K')]),
      },
    ]),
  );
}

function print({ name, kind, checks, seconds }) {
  const wrong = checks.filter(({ problem }) => problem).length;
  console.log(`${wrong ? '✗' : '✓'} ${name} (${kind}): ${checks.length - wrong} of ${checks.length}, ${seconds} s`);
}

function printTable(rows) {
  const bytes = (value) => (value === undefined ? '-' : value.toLocaleString('en-US'));
  console.log('\n| model | class | kernels | parameters | float32 | packed | pruned .5 | 5 bits | checks |');
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const { name, kind, kernels, parameters, sizes = {}, checks } of rows) {
    const wrong = checks.filter(({ problem }) => problem).length;
    const cells = [name, kind, kernels ?? '-', bytes(parameters), bytes(sizes.float32), bytes(sizes.packed)];
    cells.push(bytes(sizes.pruned), bytes(sizes.quantized), wrong ? `${wrong} failed` : `${checks.length}`);
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log('');
}
