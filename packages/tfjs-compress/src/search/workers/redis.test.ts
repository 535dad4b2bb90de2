import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkRedisUrl, connect, hidePassword } from './redis.js';

it.each([
  ['redis://localhost', 'redis://localhost'],
  ['redis://:geheim@host:6379/2', 'redis://:***@host:6379/2'],
  ['rediss://me:ge:h@eim@host', 'rediss://me:***@host'],
  ['two: redis://:a@b and text', 'two: redis://:***@b and text'],
  ['nothing@all', 'nothing@all'],
])('%j is shown as %j', (text, shown) => {
  expect(hidePassword(text)).toBe(shown);
});

it('shows no password, whatever is in it', () => {
  const password = fc.string({ minLength: 6 }).map((text) => `Pw${encodeURIComponent(text)}`);
  fc.assert(
    fc.property(fc.constantFrom('', 'user'), password, (user, secret) => {
      const url = `redis://${user}:${secret}@host:1`;
      expect(hidePassword(`at ${url}: no`)).toBe(`at redis://${user}:***@host:1: no`);
    }),
  );
});

it.each(['', 'localhost:6379', 'http://host', 'redis://', 'redis:/host', 'redis://a b'])('%j is refused', (url) => {
  expect(() => checkRedisUrl(url)).toThrow('queue: expected redis://host:port');
});

it('says that nobody answers, without the password', async () => {
  const failure = connect('redis://:geheim@127.0.0.1:1', () => {});
  await expect(failure).rejects.toThrow(
    'Redis at redis://:***@127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
  );
});
