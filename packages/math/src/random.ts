/**
 * 32 bits that depend on a seed and a list of counters alone, so that a resumed run draws
 * what the uninterrupted one would have drawn. Mixing steps: the finalizer of MurmurHash3
 * (Appleby).
 */
export function hash(seed: number, ...counters: number[]): number {
  let h = mix(seed ^ 0x9e3779b9);
  for (const counter of counters) h = mix(Math.imul(h, 5) + 0xe6546b64 + mix(counter));
  return h >>> 0;
}

function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A number in [0, 1) that depends on the seed and the counters alone. */
export function random(seed: number, ...counters: number[]): number {
  return hash(seed, ...counters) / 2 ** 32;
}
