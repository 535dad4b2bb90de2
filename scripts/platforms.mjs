/**
 * node scripts/platforms.mjs: writes site/platforms.json, the table of tested platforms, from what `npm test` and `npm run test:nodes`
 * left in output/reports. A platform whose tests were left out, since it is not installed, is in the table with 0.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportsFolder } from './reports.mjs';
import { root } from './setup.mjs';

const require = createRequire(import.meta.url);

/** Each with the tests that are its own: those in `files` whose name has `words`. */
const platforms = [
  {
    name: 'Chromium',
    version: () => versionOfProgram(process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'),
    files: /^(page|once|worker|scriptTag|site|modelPage|detection)\.test/,
    words: /page|Chromium|script tag/i,
    what: 'pages and workers that train, save and predict',
  },
  {
    name: 'Firefox',
    version: () => versionOfProgram(process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'),
    words: /Firefox/,
    what: 'a worker that trains and is resumed',
  },
  ...['WebGL', 'WebGPU'].map((name) => ({
    name: `${name} backend`,
    version: () => versionOfPackage('@tensorflow/tfjs-core'),
    files: /^backends\.test/,
    words: new RegExp(name, 'i'),
    what: 'every layer that can be compressed, compared with the CPU backend',
  })),
  ...['webpack 5', 'Vite', 'Rollup', 'esbuild', 'Parcel 2'].map((name) => ({
    name: name.split(' ')[0],
    version: () => versionOfPackage(name.split(' ')[0].toLowerCase()),
    files: /^bundles\.test/,
    words: new RegExp(name),
    what: 'bundles of the packages, run in Chromium',
  })),
  ...['Deno', 'Bun'].map((name) => ({
    name,
    version: () => undefined,
    files: /^runtime\.test/,
    words: new RegExp(name),
    what: 'the runtime',
  })),
];

function main() {
  const tests = readTests();
  // Without a report of npm test there is nothing to say about these.
  const rows = (tests.length > 0 ? platforms : []).map(({ name, version, files = /./, words, what }) => {
    const own = tests.filter((test) => files.test(test.file) && words.test(test.fullName));
    const count = (status) => own.filter((test) => test.status === status).length;
    return { name, version: version(), what, passed: count('passed'), failed: count('failed') };
  });
  const nodes = readReport('nodes.json') ?? [];
  const nodeRows = nodes.map(({ node, backend, ok }) => ({
    name: 'Node',
    version: node,
    what: `training, saving and loading on the ${backend} backend`,
    passed: Number(ok),
    failed: Number(!ok),
  }));
  const date = new Date().toISOString().slice(0, 10);
  const file = join(root, 'site', 'platforms.json');
  writeFileSync(file, `${JSON.stringify({ date, system: process.platform, rows: [...nodeRows, ...rows] }, null, 2)}\n`);
  console.log(`Written: ${file}`);
}

/** All tests of vitest's reports: file, fullName, status. */
function readTests() {
  const reports = existsSync(reportsFolder) ? readdirSync(reportsFolder).filter((name) => /^vitest/.test(name)) : [];
  return reports.flatMap((name) =>
    readReport(name).testResults.flatMap((file) =>
      file.assertionResults.map(({ fullName, status }) => ({ file: basename(file.name), fullName, status })),
    ),
  );
}

function readReport(name) {
  const path = join(reportsFolder, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function versionOfPackage(name) {
  const places = require.resolve.paths(name).map((folder) => join(folder, name, 'package.json'));
  const path = places.find(existsSync);
  return path && JSON.parse(readFileSync(path, 'utf8')).version;
}

/** The version that the first program that is there prints. */
function versionOfProgram(...paths) {
  const path = paths.find((each) => each && existsSync(each));
  if (!path) return undefined;
  return /\d+[\d.]*/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout)?.[0];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
