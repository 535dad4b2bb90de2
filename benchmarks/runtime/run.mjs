/**
 * The runtime against TensorFlow.js, onnxruntime-web and LiteRT: times of predictions,
 * bytes of a page, cold starts.
 *
 *   node benchmarks/runtime/run.mjs [--rivals FOLDER] [--python PYTHON]
 *     [--efficientnet FOLDER] [--pruned FILE.tfz] [--nets NET,…] [--name NAME]
 *     [--only node,chromium,native,bytes,cold] [--work FOLDER] [--chromium PATH]
 *     [--source]
 *
 * --rivals: a folder outside of this repository in which the rivals' npm packages are
 * installed; --python: a Python with tensorflow-cpu, onnx, onnxruntime (they make the
 * rivals' models) and ai-edge-litert (the native rival). Without them the rivals' columns
 * stay empty. --efficientnet: a folder with EfficientNet-Lite0's model.json, whose
 * weights are pruned by magnitude; --pruned: a LeNet-300-100 that was trained and pruned.
 * --work keeps the models that were made, which takes minutes, and uses them again while
 * the weights are the same (empty it when a converter or the format has changed).
 * --source bundles this repository's packages from TypeScript. Writes results/NAME.json
 * (default: run; nothing with --only or --nets and without --name).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeResult } from '../tools/results.mjs';
import { bundler } from './bundle.mjs';
import { countBytes } from './bytes.mjs';
import { findChromium, timeColdStarts, timePredictions } from './chromium.mjs';
import { coldStarts } from './coldStart.mjs';
import { contenders, programs, rivals } from './contenders.mjs';
import { nets, pointwisePlanes } from './nets.mjs';
import { convert, prepare } from './prepare.mjs';
import { failures, tables } from './tables.mjs';

const { values: args } = parseArgs({
  options: {
    rivals: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    efficientnet: { type: 'string' },
    pruned: { type: 'string' },
    nets: { type: 'string', default: Object.keys(nets).join() },
    only: { type: 'string', default: 'node,chromium,native,bytes,cold' },
    work: { type: 'string' },
    chromium: { type: 'string' },
    source: { type: 'boolean', default: false },
    name: { type: 'string' },
  },
});

const coldRuns = 7;
/**
 * Milliseconds of each round and of the calls before, which make the engine compile again
 * what runs often.
 */
const options = { rounds: 9, ms: 40, warmUp: 300 };
const stages = new Set(args.only.split(','));
const work = resolve(args.work ?? mkdtempSync(join(tmpdir(), 'runtime-benchmark-')));
const folders = { nets: join(work, 'nets'), bundles: join(work, 'bundles') };
const bundles = bundler({
  folder: folders.bundles,
  rivals: args.rivals && resolve(args.rivals),
  fromSource: args.source,
});
/** Load of the machine before and after: on a busy one only ratios count. */
const results = { load: [loadavg()[0]] };
try {
  await main();
} finally {
  if (!args.work) rmSync(work, { recursive: true, force: true });
}

async function main() {
  const made = await prepare(folders.nets, args.nets.split(','), {
    efficientnet: args.efficientnet,
    pruned: args.pruned,
  });
  const compared = made.filter(({ batches }) => batches.length > 0);
  results.nets = compared;
  const failed = convert(folders.nets, compared, args.python);
  if (Object.keys(failed).length > 0) results.notConverted = failed;
  tellWhatIsMissing(failed);
  for (const { wasm, ...program } of Object.values(programs)) if (bundles.isInstalled(program)) bundles.copy(wasm);

  if (stages.has('bytes')) results.bytes = await countBytes(programs, bundles);
  if (stages.has('node')) results.node = await inNode(compared);
  if (stages.has('node')) results.pointwise = await pointwise(made);
  if (stages.has('native')) results.native = inPython(compared);
  if (stages.has('chromium')) await inChromium(compared);
  const first = compared.find(({ name }) => name === 'lenet-300-100');
  if (stages.has('cold') && first) await cold(first);

  results.load.push(loadavg()[0]);
  console.log(`\n${tables(results)}\n`);
  const all = failures(results);
  for (const line of all) console.log(`✗ ${line}`);
  if (all.length > 0) process.exitCode = 1;
  const isWhole = args.only.split(',').length === 5 && args.nets.split(',').length === Object.keys(nets).length;
  if (isWhole || args.name) {
    const packages = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tfjs-compress/runtime', 'esbuild'];
    const file = new URL(`results/${args.name ?? 'run'}.json`, import.meta.url);
    writeResult(file, packages, withoutPaths({ rivals: rivalVersions(), ...results }));
  }
}

/** Messages of errors name places of this machine. */
function withoutPaths(result) {
  return JSON.parse(JSON.stringify(result).replaceAll(/(\/[\w.@-]+)+\//g, ''));
}

function tellWhatIsMissing(failed) {
  const missing = rivals.filter((rival) => !bundles.isInstalled({ rival: rival.replace(/@[^@]*$/, '') }));
  if (missing.length > 0) {
    const command = `npm install --prefix RIVALS --ignore-scripts --legacy-peer-deps ${missing.join(' ')}`;
    console.log(`Not installed: ${missing.join(', ')}. For them, with RIVALS a folder outside of this repository:`);
    console.log(`  mkdir RIVALS && ${command}`);
    console.log('and then --rivals RIVALS.');
  }
  if (failed.all) {
    console.log(`The rivals' models cannot be made (${failed.all}). For them:`);
    console.log('  python3 -m venv ENV && ENV/bin/pip install tensorflow-cpu onnx onnxruntime ai-edge-litert');
    console.log('and then --python ENV/bin/python3.');
  }
}

/** Those who can take part: what is not installed and what has no model is left out. */
function takingPart(where, { name }) {
  const failed = results.notConverted ?? {};
  const entries = Object.entries(contenders).filter(([, contender]) => {
    const isMade = !contender.format || !(failed.all || failed[name + contender.format]);
    return isMade && bundles.isInstalled(contender) && (where === 'chromium' || contender.node);
  });
  return Object.fromEntries(entries);
}

function tasksOf(made) {
  return made.flatMap((net) => net.batches.map((batch) => ({ net, batch })));
}

async function inNode(made) {
  const measured = {};
  for (const { net, batch } of tasksOf(made)) {
    const key = `${net.name} ${batch}`;
    const given = {
      net,
      batch,
      contenders: takingPart('node', net),
      work: folders.nets,
      bundles: folders.bundles,
      options,
    };
    for (const { entry } of Object.values(given.contenders)) await bundles.bundle(entry, { forNode: true });
    measured[key] = runNode('node.mjs', given);
    show('Node', key, measured[key]);
  }
  return measured;
}

/** Of the planes whose nets were made; undefined for none. */
async function pointwise(made) {
  const isMade = (name) => made.some((net) => net.name === name);
  const planes = pointwisePlanes().filter(({ size, counts }) => counts.every((n) => isMade(`pointwise-${size}-${n}`)));
  if (planes.length === 0) return undefined;
  await bundles.bundle('ours', { forNode: true });
  return runNode('pointwise.mjs', { ...folders, planes });
}

/** The JSON that a script of this folder printed in its last line. */
function runNode(script, given) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [path, JSON.stringify(given)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function inPython(made) {
  const script = fileURLToPath(new URL('native.py', import.meta.url));
  const given = made.map(({ name, input, batches }) => ({ name, input, batches }));
  const run = spawnSync(args.python, [script, folders.nets, JSON.stringify(given)], { encoding: 'utf8' });
  if (run.status === 0) return JSON.parse(run.stdout.trim().split('\n').at(-1));
  const reason = (run.stderr ?? run.error.message).trim().split('\n').at(-1);
  console.log(
    `Native LiteRT: not measured (${reason}). For it: ENV/bin/pip install ai-edge-litert; then --python ENV/bin/python3.`,
  );
  return undefined;
}

async function inChromium(made) {
  const executablePath = findChromium(args.chromium);
  if (!executablePath) return console.log('Chromium: not found. Name it with --chromium or CHROMIUM.');
  await bundles.bundle('page');
  // LiteRT's files are made for one example.
  const tasks = tasksOf(made).flatMap(({ net, batch }) =>
    batch === 1 ? [{ net, batch, contenders: takingPart('chromium', net) }] : [],
  );
  for (const { entry } of tasks.flatMap((task) => Object.values(task.contenders))) await bundles.bundle(entry);
  results.chromium = {};
  const onResult = (net, batch, measured) => {
    results.chromium[`${net.name} ${batch}`] = measured;
    show('Chromium', `${net.name} ${batch}`, measured);
  };
  results.chromiumVersion = await timePredictions({ executablePath, folders, tasks, options, onResult });
  return undefined;
}

async function cold(net) {
  const installed = Object.fromEntries(Object.entries(programs).filter(([, program]) => bundles.isInstalled(program)));
  for (const { entry } of Object.values(installed)) await bundles.bundle(entry);
  results.coldStart = { runs: coldRuns };
  const given = { programs: installed, bundle: bundles.bundle, folders, net, runs: coldRuns };
  results.coldStart.node = await coldStarts(given);
  const executablePath = findChromium(args.chromium);
  if (executablePath) results.coldStart.chromium = await timeColdStarts({ ...given, executablePath });
}

function show(where, key, measured) {
  const times = Object.entries(measured).map(([name, { microseconds, error }]) => {
    return `${name} ${error ? 'FAILED' : microseconds.processor.toPrecision(4)}`;
  });
  console.log(`${where}, ${key}, µs: ${times.join(', ')}`);
}

function rivalVersions() {
  const npm = rivals
    .map((rival) => rival.replace(/@[^@]*$/, ''))
    .map((name) => {
      const file = bundles.find(`${name}/package.json`);
      return [name, file && JSON.parse(readFileSync(file, 'utf8')).version];
    });
  try {
    const output = execFileSync(args.python, ['-m', 'pip', 'list', '--format', 'json'], { encoding: 'utf8' });
    const wanted = /^(tensorflow|onnx|ai-edge-litert)/;
    const python = JSON.parse(output.split('\n')[0]).filter(({ name }) => wanted.test(name));
    return Object.fromEntries([...npm, ...python.map(({ name, version }) => [name.replaceAll('_', '-'), version])]);
  } catch {
    return Object.fromEntries(npm);
  }
}
