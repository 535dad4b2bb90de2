/**
 * The rows of RECORDS.md.
 *
 *   MNIST_DIR=folder node benchmarks/records/run.mjs ROW … [--seeds 1] [--first 0]
 *   [--look] [--part 1] [--cifar FOLDER --models FOLDER]
 *
 * An interrupted run goes on: every stage is on disk when it ends (output/). The last
 * 5,000 training images validate. The test set is read at the end of a row, once, for
 * the dense net and for the results, and results/ROW.json is written, with figures of the
 * training beside it. --look leaves the test set alone and writes results/ROW-look.json.
 * --part .01 takes so small a part of each epoch, to try the program, and writes nothing.
 * Rows of ResNet-20 need CIFAR-10 and the published net (cifar10.mjs).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBackend } from '@tfjs-compress/example-tools';
import { makeReport } from 'tfjs-compress/report';
import { readCifar10 } from './cifar10.mjs';
import { errorOf, hardSource, readMnist, softSource } from './data.mjs';
import { record } from './record.mjs';
import { rows } from './rows.mjs';
import { loadStage, Stages } from './Stages.mjs';
import { loadFile } from './smallFile.mjs';
import { fit, percent } from './training.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    part: { type: 'string', default: '1' },
    look: { type: 'boolean', default: false },
    cifar: { type: 'string' },
    models: { type: 'string' },
  },
});
const unknown = positionals.find((name) => !rows[name]);
if (positionals.length === 0 || unknown) {
  throw new Error(`row: expected some of ${Object.keys(rows).join(', ')}, received ${unknown ?? 'none'}.`);
}
const part = number('part', (value) => value > 0 && value <= 1, 'a number above 0, at most 1');
const count = number('seeds', (value) => Number.isInteger(value) && value > 0, 'a whole number above 0');
const first = number('first', (value) => Number.isInteger(value) && value >= 0, 'a whole number');
const backend = await startBackend();
const readers = { mnist: readMnist, cifar10: () => readCifar10(args) };

for (const name of positionals) {
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  const { goal, budget } = rows[name];
  console.log(`${name}: ${JSON.stringify(goal)}; some ${budget} s of processor time a seed, less what is on disk.`);
  for (const seed of seeds) await runRow(name, seed);
}

function number(name, isRight, expected) {
  const value = Number(args[name]);
  if (!isRight(value)) throw new Error(`--${name}: expected ${expected}, received ${args[name]}.`);
  return value;
}

async function runRow(name, seed) {
  const folder = fileURLToPath(new URL(`output/${part < 1 ? `part${part}-` : ''}seed${seed}`, import.meta.url));
  const row = rows[name];
  const data = await readers[row.dataset ?? 'mnist']();
  const errorOnValidation = (model) => errorOf(model, data.validation);
  const testError = async (model) => {
    const error = errorOf(model, await data.test());
    model.dispose();
    return error;
  };
  const { dense, results, ...others } = await row.run(contextOf(folder, seed, data, errorOnValidation));
  const files = {};
  for (const [key, stage] of Object.entries(row.file ? results : {})) {
    const model = await loadStage(stage);
    const { bytes, ...rest } = await row.file(model, errorOnValidation, 0.0004);
    const file = join(folder, `${name}-${key}-file.tfz`);
    writeFileSync(file, bytes);
    const loaded = await loadFile(bytes);
    files[key] = { bytes: bytes.length, validationError: errorOnValidation(loaded), ...rest, file };
    console.log(`${name}, ${key}: ${bytes.length} bytes, validation error ${percent(files[key].validationError)}`);
    console.log(rest);
  }
  if (part < 1) return;
  const stages = { dense, ...others, ...results };
  const test = {};
  if (!args.look) {
    test.dense = await testError(await loadStage(dense));
    for (const [key, stage] of Object.entries(results)) {
      test[key] = await testError(files[key] ? await loadFile(readFileSync(files[key].file)) : await loadStage(stage));
    }
    console.log(name, `seed ${seed}, test error`, test);
  }
  record(args.look ? `${name}-look` : name, row, backend, { seed, stages, files, test });
  // Variants do not follow one another.
  if (args.look || row.areVariants) return;
  const [last] = Object.values(results).slice(-1);
  const history = Object.values(stages).flatMap((stage) => stage.history ?? []);
  const { figures } = await makeReport(await loadStage(last), { history });
  for (const figure of figures.filter(({ name: of }) => /loss|sparsity/.test(of))) {
    writeFileSync(new URL(`results/${name}-${figure.name}.svg`, import.meta.url), figure.svg);
  }
}

/** What rows work with. */
function contextOf(folder, seed, data, errorOnValidation) {
  const stages = new Stages(folder, seed, errorOnValidation);
  const pools = new Map();
  const train = (model, source, solver, callbacks, label) => {
    const validate = () => errorOnValidation(model);
    return fit(model, source, solver, { seed, part, callbacks, validate, label });
  };
  const hard = (augment) => hardSource(data.train, augment, seed);
  /** The pool is made when it is needed, and kept for the other stages of the row. */
  const soft = async (teacher, augment, often = 1) => {
    const once = augment ? Object.values(augment).join('-') : 'as-they-are';
    const changes = often > 1 ? `${once}-${often}` : once;
    const file = join(folder, `soft-${teacher.key}-${changes}.bin`);
    if (!pools.has(file)) {
      const model = await loadStage(teacher);
      pools.set(file, softSource(data.train, augment, model, file, seed, often));
      model.dispose();
    }
    return pools.get(file);
  };
  return { stages, seed, part, train, data, hard, soft };
}
