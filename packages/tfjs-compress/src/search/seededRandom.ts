import { random } from '@tfjs-compress/math';

/**
 * Runs `body` with a Math.random that depends on `seed` alone: `fit` shuffles with it, and
 * dropout and initializers begin their own numbers with it.
 */
export async function seededRandom<T>(seed: number, body: () => Promise<T>): Promise<T> {
  const original = Math.random;
  let count = 0;
  Math.random = () => random(seed, count++);
  try {
    return await body();
  } finally {
    Math.random = original;
  }
}
