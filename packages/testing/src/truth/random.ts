/**
 * A generator of its own (mulberry32), so that a case has the same data in vitest and in
 * a plain process.
 */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values with mean 0 and the given deviation, roughly normal, none of them 0. */
export function normals(length: number, seed: number, deviation = 1): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return deviation * (sum || 0.5);
  });
}

/** A small number that depends on a text. */
export function hash(text: string): number {
  let h = 2166136261;
  for (const letter of text) h = Math.imul(h ^ letter.charCodeAt(0), 16777619);
  return h >>> 0;
}
