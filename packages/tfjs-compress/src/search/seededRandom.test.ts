import { expect, it } from 'vitest';
import { seededRandom } from './seededRandom.js';

const numbers = () => Array.from({ length: 3 }, () => Math.random());

it('gives the same numbers for a seed, and Math.random back, after an error too', async () => {
  const { random } = Math;
  const first = await seededRandom(1, async () => numbers());
  expect(await seededRandom(1, async () => numbers())).toEqual(first);
  expect(await seededRandom(2, async () => numbers())).not.toEqual(first);
  expect(first.every((value) => value >= 0 && value < 1)).toBe(true);
  await expect(seededRandom(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(Math.random).toBe(random);
});

it('gives Math.random back after the last of several, in whatever order they end', async () => {
  const { random } = Math;
  const ends: (() => void)[] = [];
  const runs = [1, 2, 3].map((seed) => seededRandom(seed, () => new Promise<void>((resolve) => ends.push(resolve))));
  for (const i of [1, 0, 2]) {
    expect(Math.random).not.toBe(random);
    ends[i]();
    await runs[i];
  }
  expect(Math.random).toBe(random);
});
