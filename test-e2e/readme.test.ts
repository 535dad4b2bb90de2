import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { publicPackages } from '../scripts/packages.mjs';
import { root } from '../scripts/setup.mjs';
import { readmeSnippets, readmes, snippetsOf } from './support/readmes.js';
import { run } from './support/run.js';

/**
 * The README files' ```js blocks that begin with an import are programs: each is run in a consumer project and has to end without an
 * error, and where it says `console.log(…); // → text`, to have printed that text. Blocks without import are fragments of one, and
 * ```js no-run marks what cannot run there (a browser, a server, somebody's files).
 */
it.each(readmes.map((file) => file.slice(root.length)))('%s has a program that runs', (file) => {
  expect(snippetsOf(join(root, file)).length).toBeGreaterThan(0);
});

const all = readmeSnippets();

describe.skipIf(all.length === 0)('programs in README files', () => {
  it.each(all)('$name, line $line', async ({ name, line, code }) => {
    const folder = join(inject('consumers').esm, 'readme', `${name.replace(/\W+/g, '-')}-${line}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'snippet.mjs'), code);
    const { stdout } = await run(process.execPath, ['snippet.mjs'], { cwd: folder, timeout: 120_000 });
    for (const [, expected] of code.matchAll(/\/\/ → (.*)$/gm)) expect(stdout).toContain(expected.trim());
  });
});

/**
 * Examples in doc comments are a line or two of a program: these stand before them, and the names that 'tfjs-compress' exports are
 * global. Those with … in them are not meant to run.
 */
const prelude = `import * as tf from '@tensorflow/tfjs';
import * as compress from 'tfjs-compress';
Object.assign(globalThis, compress, { tf });
const model = tf.sequential({ layers: [tf.layers.dense({ units: 16, inputShape: [4] }), tf.layers.dense({ units: 1 })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const x = tf.randomNormal([32, 4]);
const y = tf.sum(x, 1, true);
const [xs, ys] = [x, y].map((whole) => Array.from({ length: 100 }, (_, i) => tf.slice(whole, [i % 4 * 8], [8])));
const optimizer = tf.train.sgd(0.01);
const loss = (a, b) => tf.losses.meanSquaredError(a, b);
const callback = new compress.SurgeryCallback({ targetSparsity: 0.5 });
class MyAttention extends tf.layers.Layer { static className = 'MyAttention'; }
`;

const examples = publicPackages()
  .filter(({ name }) => /math|layers|callbacks|format|tfjs-compress$/.test(name))
  .flatMap(({ folder }) =>
    readdirSync(join(folder, 'src'), { recursive: true })
      .map((file) => join(folder, 'src', String(file)))
      .filter((file) => /(?<!\.test)\.ts$/.test(file)),
  )
  .flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/^ *\* ```js\n([\s\S]*?)^ *\* ```$/gm)].map(({ 1: block, index }) => ({
      name: file.slice(root.length),
      line: text.slice(0, index).split('\n').length,
      code: block.replace(/^ *\* ?/gm, ''),
    }));
  })
  .filter(({ code }) => !code.includes('…'));

it('finds examples in doc comments', () => {
  expect(examples.length).toBeGreaterThan(3);
});

it.each(examples)('the doc comment in $name, line $line, runs', async ({ name, line, code }) => {
  const folder = join(inject('consumers').esm, 'examples', `${name.replace(/\W+/g, '-')}-${line}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'example.mjs'), /^import /m.test(code) ? code : prelude + code);
  await run(process.execPath, ['example.mjs'], { cwd: folder, timeout: 120_000 });
});
