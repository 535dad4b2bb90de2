import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { messagesOfPackages } from './support/messages.js';

/**
 * Every message that the packages throw or warn with is enough by itself, or its words
 * are found on the site's page of errors. Enough by itself is a message that
 * - says what was expected of what, or what was received instead of what, or
 * - says what to do: a clause begins with a verb that asks for it, or something 'needs'
 *   something, or
 * - has no words of its own, but passes those of another error on.
 */
const saysWhatWasExpected =
  /\bexpected\b|has no option|cannot be combined with|, not (a |an |four |…|4 |numbers)|'skip' leaves/i;
const saysWhatToDo =
  /(?:^|[.;:,(] ?|\bor )(give|call|use|raise|lower|go on|set|select|make|compile|import|npm install|start|stop|let|put|take|delete|train it)\b|\bneeds\b/i;

function isEnough(text: string): boolean {
  return saysWhatWasExpected.test(text) || saysWhatToDo.test(text) || !/\p{L}{3}/u.test(text);
}

/** The longest part of a message that is always the same. */
function constantPart(text: string): string {
  return text
    .split('…')
    .map((part) => part.replaceAll('`', '').replace(/^[\s:'.,;()[\]]+|[\s:'.,;()[\]]+$/g, ''))
    .reduce((longest, part) => (part.length > longest.length ? part : longest));
}

const page = readFileSync(join(root, 'site', 'troubleshooting.md'), 'utf8').replace(/`|&#96;/g, '');
const messages = messagesOfPackages();
/** What ends a worker or a command on request is caught again by those who asked. */
const caught = ['stopped', 'ended', 'a folder'];

describe('the page of errors', () => {
  it('knows the messages of all packages', () => {
    expect(messages.length).toBeGreaterThan(300);
    for (const name of [
      'callbacks',
      'detection',
      'format',
      'layers',
      'math',
      'runtime',
      'tfjs-compress',
      'wasm-training',
    ]) {
      expect(messages.filter(({ place }) => place.startsWith(`packages/${name}/`))).not.toEqual([]);
    }
  });

  it('has every message that is not enough by itself', () => {
    const missing = messages
      .filter(({ text }) => !isEnough(text) && !caught.includes(text))
      .filter(({ text }) => !page.includes(constantPart(text)));
    expect(missing).toEqual([]);
  });

  it.each([
    ['bits: expected an integer from 2 to 8, received 9.', true],
    ['reading images needs the package sharp', true],
    ['no model. In fit, put callbacks into the array as they are', true],
    ['the checksum does not match', false],
    ['this model is no good', false],
  ])('takes %j for enough by itself: %s', (text, enough) => {
    expect(isEnough(text)).toBe(enough);
  });
});
