import { random } from '@tfjs-compress/math/internal';

/** Those that run at the moment: two searches may, in one page. */
const running: (() => number)[] = [];
let original = Math.random;

/**
 * Runs `body` with a Math.random that depends on `seed` alone: `fit` shuffles with it,
 * and dropout and initializers begin their own numbers with it.
 */
export async function seededRandom<T>(seed: number, body: () => Promise<T>): Promise<T> {
  let count = 0;
  const own = () => random(seed, count++);
  if (running.length === 0) original = Math.random;
  running.push(own);
  Math.random = own;
  try {
    return await body();
  } finally {
    running.splice(running.indexOf(own), 1);
    Math.random = running[running.length - 1] ?? original;
  }
}
