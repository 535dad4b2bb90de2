import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';

/**
 * What each package may import; every other name in this table, and every deep path, is
 * an error of the linter.
 */
const allowed: Record<string, string[]> = {
  math: ['@tensorflow/tfjs-core'],
  layers: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', ...withInternal('math')],
  callbacks: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', ...withInternal('math'), ...withInternal('layers')],
  format: ['@tensorflow/tfjs-core', ...withInternal('math')],
  runtime: ['@tfjs-compress/format/internal', '@tfjs-compress/math/internal'],
  'wasm-training': ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
  detection: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', ...withInternal('math'), ...withInternal('layers')],
  'tfjs-compress': [
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-layers',
    ...['math', 'layers', 'callbacks', 'format', 'runtime'].flatMap(withInternal),
    '@tfjs-compress/format/decode',
    '@tfjs-compress/runtime/dense',
    '@tfjs-compress/wasm-training',
  ],
};

function withInternal(name: string): string[] {
  return [`@tfjs-compress/${name}`, `@tfjs-compress/${name}/internal`];
}

const imports = [
  ...new Set(Object.values(allowed).flat()),
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-core/dist/ops/ops',
  '@tfjs-compress/math/dist/checks.js',
  '@tfjs-compress/detection',
  'tfjs-compress',
  '../../math/src/checks.js',
];

let folder: string;
let refused: Record<string, string[]>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-imports-'));
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'));
  for (const name of Object.keys(allowed)) {
    mkdirSync(join(folder, 'packages', name, 'src'), { recursive: true });
    const lines = imports.map((each, i) => `import * as a${i} from '${each}';`);
    writeFileSync(join(folder, 'packages', name, 'src', 'index.ts'), lines.join('\n'));
  }
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none'];
  const noGit = ['--vcs-enabled=false', '.'];
  const { stdout } = spawnSync(process.execPath, [biome, ...args, ...noGit], { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  refused = Object.fromEntries(Object.keys(allowed).map((name) => [name, []]));
  for (const { location } of diagnostics) {
    refused[location.path.split('/')[1]].push(imports[location.start.line - 1]);
  }
});

interface Diagnostic {
  location: { path: string; start: { line: number } };
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(Object.keys(allowed))('%s imports only what is below it', (name) => {
  const wanted = imports.filter((each) => !allowed[name].includes(each));
  expect(refused[name].sort()).toEqual(wanted.sort());
});

it.each(['format', 'tfjs-compress', 'wasm-training'])('the folders of %s import one another in no circle', (name) => {
  const folders = foldersOf(join(root, 'packages', name, 'src'));
  expect(folders.size).toBeGreaterThan(2);
  // Those that import nothing but what is gone, until none is left.
  for (let before = 0; before !== folders.size; ) {
    before = folders.size;
    for (const [folder, imported] of folders)
      if (![...imported].some((each) => folders.has(each))) folders.delete(folder);
  }
  expect([...folders.keys()]).toEqual([]);
});

/** Of each folder below `src` the others that its files import from; tests left out. */
function foldersOf(src: string): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || /\.test(-d)?\.ts$|testing/.test(file)) continue;
    const folder = dirname(file);
    const imported = folders.get(folder) ?? new Set();
    folders.set(folder, imported);
    for (const [, path] of readFileSync(join(src, file), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const other = normalize(join(folder, dirname(path)));
      if (other !== folder) imported.add(other);
    }
  }
  return folders;
}
