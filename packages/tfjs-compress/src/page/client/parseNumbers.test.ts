import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseNumbers } from './parseNumbers.js';

it('reads what was written as a list, in lines or as JSON', () => {
  const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 30 });
  const separator = fc.constantFrom(',', ', ', ' ', '\n', ';', '\t');
  fc.assert(
    fc.property(numbers, separator, (list, between) => {
      expect(Array.from(parseNumbers(list.join(between), list.length))).toEqual(list.map((value) => value + 0));
      expect(parseNumbers(JSON.stringify([list, list]), null).length).toBe(2 * list.length);
    }),
  );
});

it.each([
  ['1, 2', 3, '3 numbers are needed, there are 2.'],
  ['1, two, 3', 3, "'two' is not a number."],
  ['1e999', 1, "'1e999' is not a number."],
  ['', 2, '2 numbers are needed, there are 0.'],
  ['1, ?', null, "'?' is not a number."],
])('%j for %j numbers is refused', (text, count, message) => {
  expect(() => parseNumbers(text, count)).toThrow(message);
});
