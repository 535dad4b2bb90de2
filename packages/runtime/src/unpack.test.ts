import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unpack as unpackInJavaScript } from '../../format/src/decode.js';
import { mutate } from '../../format/src/testing/mutate.js';
import { unpack } from './unpack.js';

const folder = new URL('../../format/src/fixtures/', import.meta.url);
const fixtures = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tfz'));
const read = (name: string) => Uint8Array.from(readFileSync(new URL(name, folder)));

/**
 * What a decoder makes of a file: artifacts with the weights in one piece, or what it
 * throws.
 */
async function outcome(decode: () => any): Promise<unknown> {
  try {
    const { weightData, lists: _, ...artifacts } = await decode();
    const data = weightData && Buffer.concat([weightData].flat().map((part: any) => new Uint8Array(part)));
    return { artifacts, data: data?.toString('latin1') };
  } catch (error) {
    return (error as Error).name;
  }
}

describe('the decoder in WebAssembly', () => {
  it.each(fixtures)('reads %s as the one in JavaScript', async (name) => {
    const file = read(name);
    const expected = await outcome(() => unpackInJavaScript(file));
    expect(expected).toHaveProperty('data');
    expect(await outcome(() => unpack(file, name))).toEqual(expected);
  });

  it('lists where the columns of float32 weights are not 0', async () => {
    let found = 0;
    for (const name of fixtures) {
      const { weightSpecs = [], weightData = [], lists = [] } = await unpack(read(name), name);
      for (const [i, part] of (weightData as Uint8Array[]).entries()) {
        const list = lists[i];
        if (!list) continue;
        const columns = weightSpecs[i].shape.at(-1)!;
        // -0 counts as any number does.
        const bits = new Uint32Array(part.buffer);
        const places = [...bits.keys()].filter((at) => bits[at] !== 0);
        places.sort((p, q) => (p % columns) - (q % columns) || p - q);
        expect([...list.places]).toEqual(places);
        const counts = new Uint32Array(columns);
        for (const at of places) counts[at % columns]++;
        expect(list.counts).toEqual(counts);
        found++;
      }
    }
    expect(found).toBeGreaterThan(20);
  });

  it('makes of changed files what the one in JavaScript makes of them', async () => {
    let refused = 0;
    for (const name of fixtures) {
      const file = read(name);
      for (let seed = 0; seed < Number(process.env.UNPACK_RUNS ?? 6); seed++) {
        const changed = mutate(file, seed);
        const maxBytes = 2 ** 24;
        const expected = await outcome(() => unpackInJavaScript(changed, { maxBytes }));
        if (expected === 'FormatError') refused++;
        expect(await outcome(() => unpack(changed, name, maxBytes)), `${name}, seed ${seed}`).toEqual(expected);
      }
    }
    expect(refused).toBeGreaterThan(100);
  }, 300_000);
});
