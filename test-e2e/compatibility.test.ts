import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { publicPackages } from '../scripts/packages.mjs';
import { root } from '../scripts/setup.mjs';
import { majors } from './nodes/majors.js';
import { bundlers } from './support/bundlers.js';
import { run } from './support/run.js';

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const manifestOf = (...path: string[]) => JSON.parse(read(...path, 'package.json'));
const installed = (name: string) => manifestOf('node_modules', name).version.split('.').map(Number);

/** The range that all packages ask for, of those that ask for it at all. */
function rangeOf(dependency: string): string {
  const ranges = new Set(publicPackages().map(({ manifest }) => manifest.peerDependencies?.[dependency]));
  ranges.delete(undefined);
  expect([...ranges], dependency).toHaveLength(1);
  return [...ranges][0]!;
}

/**
 * The first browsers with the JavaScript that the packages are compiled from and to, and
 * with WebAssembly SIMD (Safari 16.4).
 */
const browsersOf: Record<string, string> = { 'ES2023 es2022': 'Chrome 110, Firefox 115, Safari 16.4 and later' };

it("README's table of versions is what the manifests and the tests say", () => {
  const tfjs = ['core', 'layers'].map((name) => rangeOf(`@tensorflow/tfjs-${name}`));
  expect(new Set([...tfjs, rangeOf('@tensorflow/tfjs-backend-wasm')]).size).toBe(1);
  const engines = new Set(publicPackages().map(({ manifest }) => manifest.engines?.node));
  // The first ones with process.getBuiltinModule (packages/format/src/io/files.ts).
  expect([...engines]).toEqual(['^20.16.0 || >=22.3.0']);
  const [library] = JSON.parse(read('tsconfig.json')).compilerOptions.lib;
  const [, target] = /target: '(\w+)'/.exec(read('tsdown.config.ts'))!;
  const major = ([first, second]: number[]) => (first === 0 ? `0.${second}` : first);
  const bundlerNames = Object.keys(bundlers).map((name) => name.replace(/ \d+$/, ''));
  const versions = bundlerNames.map((name) => `${name} ${major(installed(name.toLowerCase()))}`);
  const rows = {
    'TensorFlow.js': `${tfjs[0].replace('^', '')} and later 4.x (tested: ${installed('@tensorflow/tfjs').join('.')})`,
    'Node.js': `${majors.join(', ')} (from 20.16 and 22.3 on); ES modules and CommonJS`,
    Browsers: browsersOf[`${library} ${target}`],
    Bundlers: versions.join(', '),
    TypeScript: `${installed('typescript').slice(0, 2).join('.')}, strict`,
    'bullmq, ioredis (searches on several machines)': `\`${rangeOf('bullmq')}\`, \`${rangeOf('ioredis').replace('||', 'or')}\``,
    'sharp (images in Node)': `\`${rangeOf('sharp')}\``,
  };
  const table = Object.entries(rows).map(([name, versions]) => `| ${name} | ${versions} |`);
  const [written] = /^\| part \| versions \|\n(\|.*\n)+/m.exec(read('README.md'))!;
  expect(written).toBe(['| part | versions |', '|---|---|', ...table, ''].join('\n'));
});

it("README's picture is what the benchmarks' results give, and its table says the same", async () => {
  await run(process.execPath, ['benchmarks/picture/run.mjs', '--check'], { cwd: root });
  const drawn = read('benchmarks', 'picture', 'beforeAfter.svg').matchAll(/class="value"[^>]*>([^<]+)</g);
  const values = [...drawn].map(([, value]) => value);
  expect(values).toHaveLength(10);
  const [table] = /^\| measure \| before \| after \|\n(\|.*\n)+/m.exec(read('README.md'))!;
  expect(values.filter((value) => !table.includes(value))).toEqual([]);
});
