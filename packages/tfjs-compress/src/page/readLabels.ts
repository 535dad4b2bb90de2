import { readFileSync } from 'node:fs';
import type { TensorInfo } from '@tfjs-compress/runtime';
import type { PageOutput } from './PageConfig.js';

/**
 * Names for the values of the outputs, from a file: one a line, a JSON list, or for
 * several outputs a JSON object of lists by the output's name. A list goes to every
 * output that has as many values.
 *
 * @throws Error that names the file, where it does not fit the model.
 */
export function readLabels(path: string, outputs: readonly TensorInfo[]): PageOutput[] {
  const given = parse(path);
  const sizes = outputs.map(({ shape }) => (shape.slice(1).includes(null) ? undefined : product(shape.slice(1))));
  const wrong = (what: string): never => {
    throw new Error(`${path}: ${what}`);
  };
  if (Array.isArray(given)) {
    if (!sizes.includes(given.length)) {
      const wanted = outputs.map(({ name }, i) => `${sizes[i] ?? 'any number'} for output '${name}'`).join(', ');
      wrong(`expected as many labels as the model has values (${wanted}), received ${given.length}.`);
    }
    return outputs.map(({ name }, i) => ({ name, labels: sizes[i] === given.length ? given : null }));
  }
  for (const [name, labels] of Object.entries(given)) {
    const i = outputs.findIndex((output) => output.name === name);
    if (i < 0) wrong(`expected names of outputs (${outputs.map((each) => each.name).join(', ')}), received '${name}'.`);
    if (sizes[i] !== labels.length)
      wrong(`expected ${sizes[i]} labels for output '${name}', received ${labels.length}.`);
  }
  return outputs.map(({ name }) => ({ name, labels: Object.hasOwn(given, name) ? given[name] : null }));
}

function parse(path: string): string[] | Record<string, string[]> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${code === 'ENOENT' ? 'there is no such file' : message}.`);
  }
  if (!/^\s*[[{]/.test(text)) {
    const lines = text
      .replace(/\s+$/, '')
      .split(/\r?\n/)
      .map((line) => line.trim());
    return lines.length === 1 && lines[0] === '' ? [] : lines;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: this is not JSON: ${(error as Error).message}`);
  }
  const isList = (each: unknown) =>
    Array.isArray(each) && each.every((label) => ['string', 'number'].includes(typeof label));
  if (!(Array.isArray(json) ? isList(json) : Object.values(json as object).every(isList)))
    throw new Error(`${path}: expected a list of labels, or an object of lists by the name of the output.`);
  return Array.isArray(json)
    ? json.map(String)
    : Object.fromEntries(
        Object.entries(json as Record<string, string[]>).map(([key, list]) => [key, list.map(String)]),
      );
}

function product(sizes: readonly (number | null)[]): number {
  return sizes.reduce<number>((a, b) => a * (b ?? 1), 1);
}
