/**
 * What each part of a small file gives, from the stages of a row that run.mjs left on
 * disk: the table "What each part gives" of RECORDS.md.
 *
 *   MNIST_DIR=folder node benchmarks/records/fileParts.mjs [ROW] [--seed 0]
 *
 * ROW is lenet-5-file (the default) or lenet-300-100-file. Validation images judge; the
 * test set is not read. Writes results/ROW-parts.json.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBackend } from '@tfjs-compress/example-tools';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { pack } from 'tfjs-compress';
import { writeResult } from '../tools/results.mjs';
import { errorOf, readMnist } from './data.mjs';
import { countNonZero, loadStage } from './Stages.mjs';
import { loadFile, smallFile } from './smallFile.mjs';
import { withUnits } from './withUnits.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '0' } },
});
const nets = {
  'lenet-5-file': {
    dense: 'lenet-5-dense',
    units: 'lenet-5-units',
    pruned: 'lenet-5-pruned1',
    counts: { conv1: 20, conv2: 50, ip1: 500 },
  },
  'lenet-300-100-file': {
    dense: 'lenet-300-100-dense',
    units: 'lenet-300-100-units',
    pruned: 'lenet-300-100-file-pruned1',
    counts: { ip1: 300, ip2: 100 },
  },
};
const [row = 'lenet-5-file'] = positionals;
const net = nets[row];
if (!net) throw new Error(`row: expected one of ${Object.keys(nets).join(', ')}, received ${row}.`);
const backend = await startBackend();
const folder = fileURLToPath(new URL(`output/seed${args.seed}`, import.meta.url));
const { validation } = readMnist();
const judge = (model) => errorOf(model, validation);
const rows = [];

for (const [name, stage] of [
  ['dense', net.dense],
  ['fewer units', net.units],
  ['surgery', net.pruned],
  ['INQ', `${row}-inq`],
]) {
  const model = await stageOf(stage);
  add(name, model, pack(await artifactsOf(model)));
  model.dispose();
}
const last = await stageOf(`${row}-inq`);
// With a limit that no error is below, biases are left as they are.
const { bytes: plain } = await smallFile(last, judge, -1);
const stripped = await loadFile(plain);
add('… without what only training needs', stripped, plain);
const half = pack(await artifactsOf(stripped), { quantize: { float16: /bias/ } });
await addFile('… biases as float16', half);
const { bytes, biasStep, parts } = await smallFile(last, judge, 0.0004);
await addFile(`… biases as multiples of ${biasStep}`, bytes);
const wide = withUnits(last, net.counts);
const { bytes: wideBytes } = await smallFile(wide, judge, 0.0004);
await addFile('… the same with all units of the dense net', wideBytes);
console.table(rows);
const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-node', 'tfjs-compress'];
writeResult(new URL(`results/${row}-parts.json`, import.meta.url), packages, {
  backend,
  row,
  seed: Number(args.seed),
  rows,
  parts,
});

function stageOf(name) {
  return loadStage({ file: join(folder, `${name}.tfz`) });
}

async function addFile(name, file) {
  const model = await loadFile(file);
  add(name, model, file);
  model.dispose();
}

function add(name, model, file) {
  const sizes = model.getWeights().map(({ size }) => size);
  const float32Bytes = 4 * sizes.reduce((sum, size) => sum + size, 0);
  rows.push({ name, nonZero: countNonZero(model), float32Bytes, bytes: file.length, validationError: judge(model) });
}
