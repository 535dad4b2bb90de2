import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FormatError, openCompressed, unpack } from '../decode.js';
import * as decoder2 from '../decode2.js';
import { pack } from '../index.js';
import { mixedModel } from '../testing/models.js';

const folder = fileURLToPath(new URL('../fixtures/version1/', import.meta.url));
const folder2 = folder.replace(/1.$/, '2/');
const file = pack(mixedModel());

describe('openCompressed', () => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.tfz'))) {
    it(`gives the weights of ${name} one by one, as unpack does`, () => {
      const bytes = readFileSync(folder + name);
      const { weightData, ...rest } = unpack(bytes);
      const { artifacts, specs, tensors } = openCompressed(bytes);
      expect(artifacts).toEqual(rest);
      const read = [...tensors()];
      expect(read.map(({ spec }) => spec)).toEqual(specs);
      const together = Buffer.from((weightData as ArrayBuffer) ?? []);
      expect(Buffer.compare(Buffer.concat(read.map(({ data }) => data)), together)).toBe(0);
      for (const { data } of read) expect([data.byteOffset, data.buffer.byteLength]).toEqual([0, data.length]);
    });
  }

  it('decodes no weight before it is asked for', () => {
    const { weightBytes, tensors } = openCompressed(file);
    const each = tensors();
    const first = each.next().value;
    expect(first.data.length).toBeLessThan(weightBytes);
    expect(first.spec).toEqual(mixedModel().weightSpecs?.[0]);
  });

  it('refuses what unpack refuses, with the same words', () => {
    expect(() => openCompressed(file, { maxBytes: 100 })).toThrow('more than maxBytes (100)');
    expect(() => openCompressed(file.subarray(0, 50), { name: 'a.tfz' })).toThrow(/^a\.tfz: the file is cut off/);
    expect(() => openCompressed(file, { limit: 1 } as object)).toThrow("there is no option 'limit'");
  });

  it('notices while it reads that it is read twice', () => {
    const { tensors } = openCompressed(file);
    for (const { data } of tensors()) expect(data.length).toBeGreaterThanOrEqual(0);
    expect(() => [...tensors()]).toThrow(FormatError);
  });
});

describe('the decoder of version 2 alone', () => {
  for (const name of readdirSync(folder2).filter((each) => each.endsWith('.tfz'))) {
    it(`reads ${name} as the other one does`, () => {
      const bytes = readFileSync(folder2 + name);
      expect(decoder2.unpack(bytes)).toEqual(unpack(bytes));
    });
  }

  it('names the decoder that reads a file of version 1', async () => {
    const bytes = readFileSync(`${folder}layers-model.tfz`);
    const error = new FormatError('a.tfz', 3, 'version 1 needs @tfjs-compress/format/decode');
    expect(() => decoder2.unpack(bytes, { name: 'a.tfz' })).toThrow(error);
    await expect(decoder2.compressed(bytes, { name: 'a.tfz' }).load()).rejects.toThrow(error);
  });
});
