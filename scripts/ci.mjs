/**
 * `.ci/run`: `npm test` (which sets a fresh clone up), lint, types, a build from clean,
 * publish checks, size budgets, docs, the built packages on every Node version, and,
 * where the shared tool can install them, the package tests on tfjs-node and
 * tfjs-node-gpu. Last line: 'N passed, N failed', each test and each other check counting
 * as one.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyRepository } from './copyRepository.mjs';
import { publicPackages } from './packages.mjs';
import { reportsFolder } from './reports.mjs';
import { root } from './setup.mjs';
import { printTotal } from './vitest.mjs';

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
const bin = (name, file) => [process.execPath, join(root, 'node_modules', name, file)];

const results = [];
const summary = [];

async function main() {
  process.env.TFJS_COMPRESS_REPORTS = reportsFolder;
  await installRedis();
  const dist = publicPackages().map(({ folder }) => join(folder, 'dist'));
  const wasBuilt = dist.some((folder) => existsSync(folder));
  await tests('npm test', ['npm', 'test'], { minutes: 40 });
  await check('lint', bin('@biomejs/biome', 'bin/biome').concat('check', '--error-on-warnings', '.'));
  await check('unused files, exports and dependencies', bin('knip', 'bin/knip.js').concat('--no-config-hints'));
  await check('columns of comments and texts', [process.execPath, 'scripts/checkColumns.mjs']);
  await check('types', bin('typescript', 'bin/tsc').concat('--noEmit', '-p', '.'));
  if (wasBuilt) await buildFromClean(dist);
  await check('publish checks', [process.execPath, 'scripts/checkPackages.mjs']);
  await check('size budgets', bin('size-limit', 'bin.js'));
  await check('coverage of the decoder', ['npm', 'run', 'coverage']);
  if (existsSync(sharedModels)) {
    const script = ['benchmarks/public-models/run.mjs', sharedModels, '--name', 'ci'];
    await tests('models that other people published', [process.execPath, ...script], { minutes: 25 });
  }
  if (existsSync(nodeTool)) await onTfjsNode();
  else await check('Node versions', [process.execPath, 'scripts/testNodes.mjs']);
  await check('site and API documentation', [process.execPath, 'scripts/site.mjs']);
  console.log(`\n${summary.join('\n')}`);
  printTotal(results);
}

/**
 * For the tests of searches on several machines, where this may install one; they are
 * left out without it.
 */
async function installRedis() {
  const { REDIS_SERVER: named = '' } = process.env;
  if (
    existsSync(named) ||
    existsSync('/usr/bin/redis-server') ||
    !existsSync('/usr/bin/apt-get') ||
    process.getuid?.() !== 0
  )
    return;
  const install = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server';
  const { ok } = await run(['sh', '-c', `DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; ${install}`]);
  console.log(
    ok ? 'redis-server is installed.' : 'redis-server cannot be installed: searches by a queue are not tested.',
  );
}

/** Where there was nothing, `npm test` has done it. */
async function buildFromClean(dist) {
  for (const folder of dist) rmSync(folder, { recursive: true, force: true });
  const build = ['-e', "import('./scripts/setup.mjs').then((m) => m.build({ force: true }))"];
  await check('build from clean', [process.execPath, ...build]);
}

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

/** In a copy, so that node_modules here stays what the lock file says. */
async function onTfjsNode() {
  const cwd = copyRepository();
  try {
    for (const [name, backend, filters] of [
      ['tfjs-node', 'tensorflow', ['packages']],
      ['tfjs-node-gpu', 'tensorflow-gpu', onGpuPackage.map((path) => `packages/${path}`)],
    ]) {
      if (!(await check(`install ${name}`, ['bash', nodeTool, cwd, name]))) continue;
      // TensorFlow's own notes on the processor, three lines a file, would bury what the
      // tests say.
      const env = { TFJS_BACKENDS: backend, TF_CPP_MIN_LOG_LEVEL: '2' };
      await tests(`package tests on ${name}`, [process.execPath, 'scripts/testPackages.mjs', ...filters], {
        cwd,
        env,
        minutes: 15,
      });
      if (name === 'tfjs-node') await check('Node versions', [process.execPath, 'scripts/testNodes.mjs'], { cwd });
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/**
 * A check counts as one; what it printed is shown when it failed. Returns whether it
 * passed.
 */
async function check(name, command, options) {
  console.log(`\n── ${name}`);
  const { ok, text, took } = await run(command, options);
  if (!ok) console.log(text);
  report({ name, passed: Number(ok), failed: Number(!ok), took, details: ok ? '' : text });
  return ok;
}

/**
 * A program that names what failed, if anything, and ends with a line 'N passed, N
 * failed'; its output is passed through.
 */
async function tests(name, command, options) {
  console.log(`\n── ${name}`);
  const { ok, text, took } = await run(command, { ...options, show: true });
  const total = /^((?:✗ .*\n(?: .*\n)*)*)(\d+) passed, (\d+) failed$/gm;
  const [, failures, passed, failed] = [...text.matchAll(total)].at(-1) ?? ['', '', 0, 1];
  const details = ok ? '' : failures || text.slice(-2000);
  report({ name, passed: Number(passed), failed: ok ? Number(failed) : Math.max(1, failed), took, details });
}

/**
 * `details`, what a failure printed, is shown once more with the summary, which is at the
 * end.
 */
function report({ name, passed, failed, took, details }) {
  const line = `${failed ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed, ${Math.round(took / 1000)} s`;
  console.log(line);
  summary.push(line);
  if (details) summary.push(details.slice(-4000).replace(/^/gm, '    '));
  results.push({ passed, failed });
}

/**
 * Runs a program with everything it starts, ended after `minutes` (default 6) or at the
 * deadline.
 */
async function run([command, ...args], { cwd = root, env, minutes = 6, show = false } = {}) {
  const start = Date.now();
  const limit = Math.max(0, Math.min(minutes * minute, deadline - start));
  const options = { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  const child = spawn(command, args, options);
  let text = '';
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    process.kill(-child.pid, 'SIGKILL');
  }, limit);
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (part) => {
      if (stream === 'stdout' || !show) text += part;
      if (show) process[stream].write(part);
    });
  }
  const code = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', resolve);
  });
  clearTimeout(timer);
  if (isLate) text += `\nended after ${Math.round(limit / 1000)} s: out of time`;
  else if (code !== 0) text += `\nended with ${code}`;
  return { ok: code === 0 && !isLate, text, took: Date.now() - start };
}

await main();
