import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from './index.js';
import { mixedModel } from './testing/models.js';

describe('the file of version 1 (fixtures/version1.tfz, written on 2026-11-24)', () => {
  const bytes = new Uint8Array(readFileSync(new URL('fixtures/version1.tfz', import.meta.url)));

  it('loads for ever', () => {
    const { weightData, ...rest } = unpack(bytes);
    const { weightData: expected, ...restExpected } = mixedModel();
    expect(rest).toEqual(restExpected);
    expect(new Uint8Array(weightData as ArrayBuffer)).toEqual(new Uint8Array(expected as ArrayBuffer));
  });

  it('is not much smaller than what is written now', () => {
    // Most of such a small file is text, which version 2 codes a little longer and
    // several times faster.
    expect(pack(mixedModel()).length).toBeLessThanOrEqual(1.05 * bytes.length);
  });
});
