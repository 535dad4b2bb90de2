import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const folder = process.env.TFJS_COMPRESS_REPORTS ?? fileURLToPath(new URL('../../output/reports', import.meta.url));
const reports = ['nodes', 'e2e'].map((project) => join(folder, `${project}.json`));

/** Each with the tests that are its own: those in `files` whose name has `words`. */
const platforms = [
  ...['wasm', 'tensorflow'].map((backend) => ({
    name: 'Node',
    version: (tests) => tests.map(({ name }) => name.split(' ').at(-1)).join(', '),
    files: /^nodes\.test/,
    words: new RegExp(`^${backend} `),
    what: `training, saving and loading on the ${backend} backend`,
    // tfjs-node is not installed everywhere.
    isOptional: backend === 'tensorflow',
  })),
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
    files: /./,
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
 * The table of tested platforms, from what the last `.ci/run` left: { date, rows }, or
 * undefined where it has not run. A platform whose tests were left out, since it is not
 * installed, is in the table with 0.
 *
 * @throws Error when a platform has no tests at all: they have other names now.
 */
export function testedPlatforms() {
  if (!reports.every(existsSync)) return undefined;
  const tests = reports.flatMap((path) => JSON.parse(readFileSync(path, 'utf8')));
  const date = new Date(statSync(reports.at(-1)).mtimeMs).toISOString().slice(0, 10);
  return { date, rows: platforms.map((platform) => rowOf(platform, tests)).filter(Boolean) };
}

function rowOf({ name, version, files, words, what, isOptional }, tests) {
  const own = tests.filter((test) => files.test(test.file) && words.test(test.name));
  if (own.length === 0 && isOptional) return undefined;
  if (own.length === 0)
    throw new Error(`site/.vitepress/platforms.mjs: no test of ${name} is found by ${files} and ${words}.`);
  const count = (state) => own.filter((test) => test.state === state).length;
  return { name, version: version(own), what, passed: count('passed'), failed: count('failed') };
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
