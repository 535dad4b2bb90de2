import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { publicPackages } from '../scripts/packages.mjs';
import { root } from '../scripts/setup.mjs';
import { type Documented, documentation } from './support/publicDocs.mjs';
import { readmeSnippets, readmes, snippetsOf } from './support/readmes.js';
import { run } from './support/run.js';

/**
 * The README files' ```js blocks that begin with an import are programs: each is run in a
 * consumer project and has to end without an error, and where it says `console.log(…); //
 * → text`, to have printed that text. Blocks without import are fragments of one, and
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
 * Examples in doc comments are a line or two of a program: these stand before them, and
 * the names that 'tfjs-compress' and math export are global. Those with … in them are not
 * meant to run. `// → text` after a console.log is what it must print.
 */
const prelude = `import * as tf from '@tensorflow/tfjs';
import * as math from '@tfjs-compress/math';
import * as compress from 'tfjs-compress';
Object.assign(globalThis, math, compress, { tf });
const model = tf.sequential({ layers: [tf.layers.dense({ units: 16, inputShape: [4] }), tf.layers.dense({ units: 1 })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const x = tf.randomNormal([32, 4]);
const y = tf.sum(x, 1, true);
const [xs, ys] = [x, y].map((whole) => Array.from({ length: 100 }, (_, i) => tf.slice(whole, [i % 4 * 8], [8])));
const optimizer = tf.train.sgd(0.01);
const loss = (a, b) => tf.losses.meanSquaredError(a, b);
const callback = new compress.SurgeryCallback({ targetSparsity: 0.5 });
class MyAttention extends tf.layers.Layer { static className = 'MyAttention'; }
class MyBlock extends tf.layers.Layer { static className = 'MyBlock'; }
const artifactsOf = async (from) => {
  let artifacts;
  await from.save(tf.io.withSaveHandler(async (given) => { artifacts = given; return {}; }));
  return artifacts;
};
`;

/** Before those of detection, all of whose exports are global. */
const detectionPrelude = `import * as door from '@tfjs-compress/detection';
import * as boxes from '@tfjs-compress/detection/boxes';
import * as data from '@tfjs-compress/detection/data';
import * as evaluation from '@tfjs-compress/detection/evaluation';
import * as detectionLayers from '@tfjs-compress/detection/layers';
Object.assign(globalThis, door, boxes, data, evaluation, detectionLayers);
const conv = (name) => tf.layers.conv2d({ name, filters: 4, kernelSize: 3, strides: 2, padding: 'same' });
const image = tf.input({ shape: [null, null, 3] });
const trunk = tf.model({ inputs: image, outputs: ['a', 'b', 'c'].reduce((map, name) => conv(name).apply(map), image) });
const detector = hyperNet({
  trunk, levels: ['a', 'b', 'c'], classes: ['square'], shortSide: 32, longSide: 32, channels: 4, roiSize: 3,
  candidates: { stride: 8, scales: [12, 16], ratios: [1] }, proposalUnits: 8, detectionChannels: 4,
  detectionUnits: 8, training: { windows: 16, scored: 32, proposals: 16, samples: 16 },
});
const pixels = { data: new Uint8Array(32 * 32 * 3).fill(90), width: 32, height: 32 };
const objects = [{ box: [8, 8, 24, 24], class: 'square' }];
const images = [{ name: 'one', width: 32, height: 32, objects, load: async () => pixels }];
const set = { classes: ['square'], images };
`;

interface Example {
  line: number;
  code: string;
}

/** By file: those that import nothing are one program, each in a scope of its own. */
const files = publicPackages()
  .filter(({ name }) => /math|layers|callbacks|format|detection|tfjs-compress$/.test(name))
  .flatMap(({ folder }) =>
    readdirSync(join(folder, 'src'), { recursive: true })
      .map((file) => join(folder, 'src', String(file)))
      .filter((file) => /(?<!\.test)\.ts$/.test(file)),
  )
  .map((file) => ({ name: file.slice(root.length), examples: examplesIn(readFileSync(file, 'utf8')) }))
  .filter(({ examples }) => examples.length > 0);

function examplesIn(text: string): Example[] {
  return [...text.matchAll(/^ *\* ```js\n([\s\S]*?)^ *\* ```$/gm)]
    .map(({ 1: block, index }) => ({
      line: text.slice(0, index).split('\n').length,
      code: block.replace(/^ *\* ?/gm, ''),
    }))
    .filter(({ code }) => !code.includes('…'));
}

it('finds examples in doc comments', () => {
  expect(files.flatMap(({ examples }) => examples).length).toBeGreaterThan(90);
});

it.each(files)('the doc comments in $name run', async ({ name, examples }) => {
  const folder = join(inject('consumers').esm, 'examples', name.replace(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  const before = prelude + (/\/detection\//.test(name) ? detectionPrelude : '');
  const isProgram = ({ code }: Example) => /^import /m.test(code);
  const scoped = examples.filter((example) => !isProgram(example));
  const marked = scoped.map(({ line, code }) => `console.log('line ${line}');\nawait (async () => {\n${code}})();\n`);
  const programs = [
    ...examples.filter(isProgram).map((example) => ({ examples: [example], code: example.code })),
    ...(scoped.length ? [{ examples: scoped, code: before + marked.join('') }] : []),
  ];
  for (const program of programs) {
    writeFileSync(join(folder, 'example.mjs'), program.code);
    const { stdout } = await run(process.execPath, ['example.mjs'], { cwd: folder, timeout: 120_000 });
    for (const { line, code } of program.examples) {
      const wanted = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text.trim());
      const own = stdout
        .split(`line ${line}\n`)
        .at(-1)!
        .split(/^line \d+$/m)[0];
      for (const text of wanted) expect(own, `line ${line}`).toContain(text);
    }
  }
});

it('every public function and class has a doc comment with an example, and says what it throws', () => {
  const all = documentation();
  expect(all.length).toBeGreaterThan(150);
  const list = (lacking: Documented[]) => [...new Set(lacking.map(({ name, where }) => `${name} (${where})`))];
  expect(list(all.filter((each) => !each.hasDoc)), 'no doc comment').toEqual([]);
  expect(list(all.filter((each) => !each.hasExample && each.isCallable)), 'no example').toEqual([]);
  expect(list(all.filter((each) => each.throws && !each.hasThrows)), 'no @throws').toEqual([]);
});
