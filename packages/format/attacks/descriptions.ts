import { textLimit } from '../src/codec/container.js';
import { craft as craftIn } from '../src/testing/craft.js';
import type { Attacks } from './attack.js';

/** `begin`, then `each` as often as it fits, then `end`: `length` bytes at most. */
function repeated(length: number, begin: string, each: string, end: string): string {
  return begin + each.repeat(Math.floor((length - begin.length - end.length) / each.length)) + end;
}

/** As long as it may be in any file. */
const longest = textLimit(0);
const tooLong = { refused: /length allows/ };

function manyKeys(length: number): string {
  const parts: string[] = [];
  for (let i = 0, left = length - 10; left > 0; i++, left -= parts.at(-1)!.length) parts.push(`"${i.toString(36)}":0,`);
  return `{${parts.slice(0, -1).join('')}"":0}`;
}

/** Text that costs a thousandth of its length in the file, and what JSON makes of it. */
export function descriptions(version: number): Attacks {
  const craft = (text: string | Uint8Array) => craftIn(text, [], undefined, version);
  return {
    'text of a megabyte': { file: () => craft(repeated(2 ** 20, '{"a":"', 'x', '"}')), ...tooLong },
    'objects of a megabyte': { file: () => craft(repeated(2 ** 20, '{"a":[', '{},', '{}]}')), ...tooLong },
    'text as long as it may be': { file: () => craft(repeated(longest, '{"a":"', 'x', '"}')) },
    'objects as many as there may be': { file: () => craft(repeated(longest, '{"a":[', '{},', '{}]}')) },
    'lists as many as there may be': { file: () => craft(repeated(longest, '{"a":[', '[],', '[]]}')) },
    'numbers as many as there may be': { file: () => craft(repeated(longest, '{"a":[', '1e9,', '0]}')) },
    'keys as many as there may be': { file: () => craft(manyKeys(longest / 2)) },
    'nothing but open lists': { file: () => craft('['.repeat(longest)), refused: /nesting/ },
    'nesting that a backslash seems to hide': { file: () => craft(`\\"${'['.repeat(longest - 2)}`), refused: /./ },
    'quotes that are never closed': { file: () => craft(`"${'\\"'.repeat(longest / 2 - 1)}`), refused: /./ },
    'white space': { file: () => craft(`{}${' '.repeat(longest - 2)}`) },
    'no UTF-8': { file: () => craft(new Uint8Array(longest).fill(0xf0)), refused: /./ },
  };
}
