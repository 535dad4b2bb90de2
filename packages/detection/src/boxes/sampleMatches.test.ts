import { describe, expect, it } from 'vitest';
import { IGNORED, NEGATIVE } from './matchBoxes.js';
import { seededRandom } from './random.js';
import { sampleMatches } from './sampleMatches.js';

describe('sampleMatches', () => {
  const matches = Int32Array.from({ length: 100 }, (_, i) => (i < 20 ? 3 : i < 30 ? IGNORED : NEGATIVE));

  it('draws positives up to their part, then negatives, none twice, none ignored', () => {
    const drawn = sampleMatches(matches, { count: 32, positiveFraction: 0.25, random: seededRandom(1) });
    expect(new Set(drawn).size).toBe(32);
    expect(drawn.slice(0, 8).every((i) => i < 20)).toBe(true);
    expect(drawn.slice(8).every((i) => i >= 30)).toBe(true);
  });

  it('fills up with negatives where positives are few, and is short where both are', () => {
    const drawn = sampleMatches(matches, { count: 200, positiveFraction: 0.5, random: seededRandom(1) });
    expect(drawn.length).toBe(90);
  });

  it('gives each object the same part, as far as it goes', () => {
    const uneven = Int32Array.from({ length: 300 }, (_, i) => (i < 200 ? 0 : i < 203 ? 1 : i < 240 ? 2 : NEGATIVE));
    const drawn = sampleMatches(uneven, { count: 40, positiveFraction: 0.5, random: seededRandom(1) });
    const perObject = [0, 1, 2].map((object) => drawn.filter((i) => uneven[i] === object).length);
    expect(perObject[1]).toBe(3);
    expect(perObject[0] + perObject[2]).toBe(17);
    expect(Math.abs(perObject[0] - perObject[2])).toBeLessThanOrEqual(1);
  });

  it('draws every positive equally often', () => {
    const random = seededRandom(7);
    const hits = new Array(20).fill(0);
    for (let k = 0; k < 2000; k++) {
      for (const i of sampleMatches(matches, { count: 10, positiveFraction: 0.5, random }).slice(0, 5)) hits[i]++;
    }
    // 2,000 draws of 5 from 20: 500 each, standard deviation 19.
    for (const hit of hits) expect(Math.abs(hit - 500)).toBeLessThan(90);
  });
});
