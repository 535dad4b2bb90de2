import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../../scripts/setup.mjs';

const examples = join(root, 'examples');

/** The examples that people copy: each works alone. */
export const templates = [
  'audio',
  'blood-cells',
  'layers',
  'mnist-lenet-5',
  'node-service',
  'one-line',
  'search',
  'tabular',
  'teachable-machine',
  'text',
  'transfer',
  'web',
];

/** What the templates' package.json files ask for, without what is packed from here. */
export function templateDependencies(): Record<string, string> {
  const all = templates.map((name) => JSON.parse(readFileSync(join(examples, name, 'package.json'), 'utf8')));
  const asked = Object.assign({}, ...all.flatMap((each) => [each.dependencies, each.devDependencies]));
  return Object.fromEntries(Object.entries<string>(asked).filter(([name]) => !name.includes('tfjs-compress')));
}

/**
 * Copies examples/`name` into the project `consumer`, whose packages it uses as its own;
 * returns its path.
 */
export function placeTemplate(name: string, consumer: string): string {
  const target = join(consumer, name);
  const filter = (path: string) => !['output', 'dist', 'node_modules'].includes(basename(path));
  cpSync(join(examples, name), target, { recursive: true, filter });
  symlinkSync(join(consumer, 'node_modules'), join(target, 'node_modules'), 'junction');
  return target;
}

/** A file of examples/`name`; undefined where there is none. */
export function fileOf(name: string, file: string): string | undefined {
  const path = join(examples, name, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/**
 * The rows of the last table in what console.table printed, by their names: numbers by
 * their columns.
 */
export function tableOf(text: string): Record<string, Record<string, number>> {
  const lines = text
    .slice(text.lastIndexOf('┌'))
    .split('\n')
    .map((line) => line.trim());
  const isRow = (line: string) => line.startsWith('│');
  const [[, ...columns], ...rows] = lines.filter(isRow).map((line) =>
    line
      .split('│')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const byColumn = (values: string[]) => Object.fromEntries(values.map((value, i) => [columns[i], Number(value)]));
  return Object.fromEntries(rows.map(([name, ...values]) => [name, byColumn(values)]));
}
