import { invalid } from './FormatError.js';

/**
 * A weight in the description: name, shape, and where not float32 its dtype and other
 * fields.
 */
export type WeightEntry = [name: string, shape: number[], dtype?: string, more?: object];

const maxDepth = 200;

/**
 * Parses the JSON of a file; throws an Error for what JSON.parse refuses, deep nesting
 * and keys named __proto__.
 */
export function parseDescription(text: string): Record<string, any> {
  let depth = 0;
  for (const c of text.replace(/\\./g, '').replace(/"[^"]*"/g, '')) {
    if ('{['.includes(c)) depth++;
    else if ('}]'.includes(c)) depth--;
    if (depth > maxDepth) invalid('nesting');
  }
  const parsed = JSON.parse(text, (key, value) => (key === '__proto__' ? invalid('key __proto__') : value));
  if (parsed?.constructor !== Object) invalid('description');
  return parsed;
}
