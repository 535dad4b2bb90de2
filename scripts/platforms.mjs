import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { reportsFolder } from './reports.mjs';

const require = createRequire(import.meta.url);
const endToEnd = 'vitest-test-e2e-vitest-config-ts.json';
const onNodes = 'nodes.json';

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

/**
 * The table of tested platforms, from what the last `npm test` and `npm run test:nodes`
 * left in output/reports: { date, rows }, or undefined where neither has run. A platform
 * whose tests were left out, since it is not installed, is in the table with 0.
 *
 * @throws Error when a platform has no tests at all: they have other names now.
 */
export function testedPlatforms() {
  const [tests, nodes] = [readReport(endToEnd), readReport(onNodes)];
  if (!tests && !nodes) return undefined;
  const written = Math.max(
    ...[endToEnd, onNodes]
      .map(pathOf)
      .filter(existsSync)
      .map((path) => statSync(path).mtimeMs),
  );
  const date = new Date(written).toISOString().slice(0, 10);
  return { date, rows: [...(nodes ? nodeRows(nodes) : []), ...(tests ? rowsOf(tests) : [])] };
}

/** One for each backend, with all versions of Node. */
function nodeRows(results) {
  return [...new Set(results.map(({ backend }) => backend))].map((backend) => {
    const own = results.filter((result) => result.backend === backend);
    const passed = own.filter(({ ok }) => ok).length;
    const version = own.map(({ node }) => node).join(', ');
    const what = `training, saving and loading on the ${backend} backend`;
    return { name: 'Node', version, what, passed, failed: own.length - passed };
  });
}

/** Of the platforms that vitest's report of the end-to-end tests is about. */
function rowsOf({ testResults }) {
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ file: basename(name), fullName, status })),
  );
  return platforms.map(({ name, version, files = /./, words, what }) => {
    const own = tests.filter((test) => files.test(test.file) && words.test(test.fullName));
    if (own.length === 0)
      throw new Error(`scripts/platforms.mjs: no test of ${name} is found by ${files} and ${words}.`);
    const count = (status) => own.filter((test) => test.status === status).length;
    return { name, version: version(), what, passed: count('passed'), failed: count('failed') };
  });
}

const pathOf = (name) => join(reportsFolder, name);

function readReport(name) {
  const path = pathOf(name);
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
