import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineReader } from './LineReader.js';

function linesOf(pieces: string[]): string[] {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return lines;
}

it('gives the same lines however the text is cut', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', '\r', ' '), { maxLength: 30 });
  fc.assert(
    fc.property(text, fc.infiniteStream(fc.nat(3)), (parts, sizes) => {
      const whole = parts.join('');
      const pieces: string[] = [];
      for (let at = 0; at < whole.length; ) {
        const size = 1 + sizes.next().value!;
        pieces.push(whole.slice(at, at + size));
        at += size;
      }
      expect(linesOf(pieces)).toEqual(whole.split(/[\r\n]+/).filter(Boolean));
    }),
  );
});

it('overwritten lines of a progress bar are lines', () => {
  expect(linesOf(['10%\r20', '%\r', '\n', 'done'])).toEqual(['10%', '20%', 'done']);
});
