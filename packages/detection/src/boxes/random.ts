import { random } from '@tfjs-compress/math/internal';

/** A source of numbers in [0, 1) that are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let drawn = 0;
  return () => random(seed, drawn++);
}
