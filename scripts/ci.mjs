/**
 * `.ci/run`: `npm test` (which sets a fresh clone up), lint, types, a build from clean
 * with publish checks, size budgets, docs, the built packages on every Node version, and,
 * where the shared tool can install them, the package tests on tfjs-node and
 * tfjs-node-gpu. Last line: 'N passed, N failed', each test and each other step counting
 * as one.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { copyRepository } from './copyRepository.mjs';
import { publicPackages } from './packages.mjs';
import { root } from './setup.mjs';

const minute = 60_000;
/**
 * The whole should take less than 45 minutes; what has not ended after this is ended and
 * counts as failed.
 */
const deadline = Date.now() + 65 * minute;
/**
 * Models that are not in the repository, each with what is right: where they are, every
 * command has to be right on each.
 */
const sharedModels = join(root, '..', 'shared', 'models', 'public');
const nodeTool = join(root, '..', 'shared', 'tools', 'tfjs-node.sh');
/**
 * tfjs-node-gpu has the same kernels where there is no GPU: what differs is tried,
 * loading it, training, saving.
 */
const onGpuPackage = [
  'layers/src/layers',
  'callbacks/src/INQScheduler',
  'callbacks/src/resume',
  'format/src/io/handlers',
];

const steps = [];

async function main() {
  process.env.TFJS_COMPRESS_REPORTS = join(root, 'output', 'reports');
  process.env.PATH = join(root, 'node_modules', '.bin') + delimiter + process.env.PATH;
  await installRedis();
  await step('npm test', 'npm test', { minutes: 40 });
  await step('lint', 'biome check --error-on-warnings .');
  await step('unused files, exports and dependencies', 'knip --no-config-hints');
  await step('columns of comments and texts', 'node scripts/checkColumns.mjs');
  await step('types', 'npm run typecheck');
  for (const { folder } of publicPackages()) rmSync(join(folder, 'dist'), { recursive: true, force: true });
  await step('build from clean, publint and are-the-types-wrong', 'npm run build', { env: { CI: '1' }, minutes: 12 });
  await step('size budgets', 'npm run size');
  await step('coverage of the decoder', 'npm run coverage');
  if (existsSync(sharedModels)) {
    const models = `node benchmarks/public-models/run.mjs "${sharedModels}" --name ci`;
    await step('models that other people published', models, { minutes: 25 });
  }
  if (existsSync(nodeTool)) await onTfjsNode();
  else await step('Node versions', 'npm run test:nodes');
  await step('site and API documentation', 'npm run site');
  const sum = (key) => steps.reduce((total, each) => total + each[key], 0);
  console.log(`\n${steps.map(({ text }) => text).join('\n')}\n\n${sum('passed')} passed, ${sum('failed')} failed`);
  if (sum('failed') > 0) process.exitCode = 1;
}

/**
 * For the tests of searches on several machines, where this may install one; they are
 * left out without it.
 */
async function installRedis() {
  const there = ['/usr/bin/redis-server', process.env.REDIS_SERVER].some((path) => path && existsSync(path));
  if (there || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return;
  const install = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server';
  const { ok } = await run(install, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  if (!ok) console.log('redis-server cannot be installed: searches by a queue are not tested.');
}

/** In a copy, so that node_modules here stays what the lock file says. */
async function onTfjsNode() {
  const cwd = copyRepository();
  try {
    for (const [name, backend, filters] of [
      ['tfjs-node', 'tensorflow', ['packages']],
      ['tfjs-node-gpu', 'tensorflow-gpu', onGpuPackage.map((path) => `packages/${path}`)],
    ]) {
      if (!(await step(`install ${name}`, `bash "${nodeTool}" . ${name}`, { cwd }))) continue;
      // TensorFlow's own notes on the processor, three lines a file, would bury what the
      // tests say.
      const env = { TFJS_BACKENDS: backend, TF_CPP_MIN_LOG_LEVEL: '2' };
      const command = `npm run test:packages -- ${filters.join(' ')}`;
      await step(`package tests on ${name}`, command, { cwd, env, minutes: 15 });
      if (name === 'tfjs-node') await step('Node versions', 'npm run test:nodes', { cwd });
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/**
 * Runs a step, which counts as one test, or as many as its output says that ends with
 * lines for what failed and 'N passed, N failed'. What a failure printed last is shown
 * once more at the end. Returns whether it passed.
 */
async function step(name, command, options) {
  console.log(`\n── ${name}`);
  const { ok, output, took } = await run(command, options);
  const total = /^((?:✗ .*\n(?: .*\n)*)*)(\d+) passed, (\d+) failed$/gm;
  const [, failures, passed, failed] = [...output.matchAll(total)].at(-1) ?? ['', '', Number(ok), Number(!ok)];
  const result = { passed: Number(passed), failed: ok ? Number(failed) : Math.max(1, failed) };
  const line = `${ok ? '✓' : '✗'} ${name}: ${result.passed} passed, ${result.failed} failed, ${Math.round(took / 1000)} s`;
  console.log(line);
  const details = ok ? '' : `\n${(failures || output).slice(-4000).replace(/^/gm, '    ')}`;
  steps.push({ ...result, text: line + details });
  return ok;
}

/**
 * Runs a command with everything it starts, ended after `minutes` or at the deadline. Its
 * output is passed through.
 */
async function run(command, { cwd = root, env, minutes = 6 } = {}) {
  const start = Date.now();
  const limit = Math.max(0, Math.min(minutes * minute, deadline - start));
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, { shell: true, cwd, env: { ...process.env, ...env }, stdio, detached: true });
  let output = '';
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (part) => {
      output += part;
      process[stream].write(part);
    });
  }
  let end = '';
  const timer = setTimeout(() => {
    end = `ended after ${Math.round(limit / 1000)} s: out of time`;
    process.kill(-child.pid, 'SIGKILL');
  }, limit);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  if (code !== 0) end ||= `ended with ${code}`;
  return { ok: end === '', output: `${output}\n${end}`, took: Date.now() - start };
}

await main();
