import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readLabels } from './readLabels.js';

const folder = mkdtempSync(join(tmpdir(), 'labels-'));
const file = join(folder, 'labels');
afterAll(() => rmSync(folder, { recursive: true }));

const output = (name: string, ...sizes: (number | null)[]) => ({ name, shape: [null, ...sizes], dtype: 'float32' });
const pet = output('pet', 2);
const age = output('age', 1);

it.each([
  ['one a line', 'cat\ndog\n', ['cat', 'dog']],
  ['one a line, as Windows writes it', '\ufeffcat\r\n dog \r\n\r\n', ['cat', 'dog']],
  ['a JSON list', '["cat", 2]', ['cat', '2']],
  ['whatever they hold', '</script><b>\n"&\'', ['</script><b>', '"&\'']],
])('labels, %s', (_, text, labels) => {
  writeFileSync(file, text);
  expect(readLabels(file, [pet])).toEqual([{ name: 'pet', labels }]);
});

it('a list goes to the outputs with as many values, an object says to which', () => {
  writeFileSync(file, 'cat\ndog');
  expect(readLabels(file, [age, pet])).toEqual([
    { name: 'age', labels: null },
    { name: 'pet', labels: ['cat', 'dog'] },
  ]);
  writeFileSync(file, '{"age": ["years"]}');
  expect(readLabels(file, [age, pet])).toEqual([
    { name: 'age', labels: ['years'] },
    { name: 'pet', labels: null },
  ]);
});

it.each([
  [
    'cat\ndog\nbird',
    "expected as many labels as the model has values (2 for output 'pet', 1 for output 'age'), received 3.",
  ],
  ['', 'received 0.'],
  ['{"pet": ["cat"]}', "expected 2 labels for output 'pet', received 1."],
  ['{"pets": ["cat", "dog"]}', "expected names of outputs (pet, age), received 'pets'."],
  ['{"pet": "cat"}', 'expected a list of labels, or an object of lists'],
  ['[["cat"]]', 'expected a list of labels'],
  ['["cat"', 'this is not JSON'],
])('%j is refused', (text, message) => {
  writeFileSync(file, text);
  expect(() => readLabels(file, [pet, age])).toThrow(file);
  expect(() => readLabels(file, [pet, age])).toThrow(message);
});

it('a file that is not there is named', () => {
  expect(() => readLabels(join(folder, 'none'), [pet])).toThrow('none: there is no such file.');
});
