/**
 * Part of `npm run check`: what npm's page of a package and its readers need, and what
 * bundlers are told about it.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './setup.mjs';

const readRoot = (file) => readFileSync(join(root, file), 'utf8');

/**
 * What is missing or wrong in a package as it would be published; an empty list when
 * nothing is.
 *
 * @param files The text of a packed file by its path in the package; undefined for a file
 *   that is not packed.
 * @param paths The paths of all packed files.
 */
export function metadataMessages({ folder, manifest }, files, paths) {
  const { repository, homepage, bugs } = JSON.parse(readRoot('package.json'));
  const directory = relative(root, folder).replaceAll('\\', '/');
  const messages = [];
  const expect = (what, received, expected) => {
    const [a, b] = [received, expected].map((value) => JSON.stringify(value));
    if (a !== b) messages.push(`${what}: expected ${b}, received ${a}`);
  };
  expect('license', manifest.license, 'Apache-2.0');
  expect('LICENSE in the package is that of the repository', files('LICENSE') === readRoot('LICENSE'), true);
  expect('README.md is in the package', files('README.md') !== undefined, true);
  expect('repository', manifest.repository, { ...repository, directory });
  expect('homepage', manifest.homepage, homepage.replace('#', `/tree/main/${directory}#`));
  expect('bugs', manifest.bugs, bugs);
  expect('description ends without a period', /\w$/.test(manifest.description ?? ''), true);
  const { keywords = [] } = manifest;
  expect('keywords: at least 5, tfjs among them', keywords.length >= 5 && keywords.includes('tfjs'), true);
  return [...messages, ...effectMessages(manifest, paths), ...subEntryMessages(manifest, files)];
}

/**
 * Whether the code agrees with sideEffects is for test-e2e/sideEffects.test.ts to say;
 * here, that every pattern names a file.
 */
function effectMessages({ sideEffects }, paths) {
  if (typeof sideEffects === 'boolean') return [];
  if (!Array.isArray(sideEffects)) return [`sideEffects: expected true, false or a list, received ${sideEffects}`];
  return sideEffects
    .filter((pattern) => !paths.some((path) => matches(pattern, `./${path}`)))
    .map((pattern) => `sideEffects: no packed file matches ${pattern}`);
}

/**
 * Parcel 2 (unless told otherwise) and TypeScript's "node10" do not read "exports": for
 * them each sub-entry is a folder with a package.json that points to the same files.
 */
function subEntryMessages({ exports, sideEffects }, files) {
  return Object.entries(exports).flatMap(([entry, target]) => {
    if (!/^\.\/[^.]+$/.test(entry)) return [];
    const file = `${entry.slice(2)}/package.json`;
    const text = files(file);
    if (text === undefined) return [`${file}: not packed; without it Parcel does not find ${entry}`];
    const found = JSON.parse(text);
    const expected = {
      main: `.${target.require.default}`,
      module: `.${target.import.default}`,
      types: `.${target.require.types}`,
      sideEffects: hasEffects(sideEffects, target.import.default),
    };
    return Object.entries(expected)
      .filter(([key, value]) => found[key] !== value)
      .map(([key, value]) => `${file}: ${key}: expected ${value}, received ${found[key]}`);
  });
}

function hasEffects(sideEffects, path) {
  return Array.isArray(sideEffects) ? sideEffects.some((pattern) => matches(pattern, path)) : sideEffects;
}

/** Patterns here have no more than `*`. */
function matches(pattern, path) {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`).test(path);
}
