import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { io } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compressed as decoderOnly } from '../decode.js';
import { compressed as decoder2 } from '../decode2.js';
import { compressed, pack, unpack } from '../index.js';
import { mixedModel } from '../testing/models.js';

const model = mixedModel();
const bytes = pack(model);
const expected = unpack(bytes);
const file = new File([bytes], 'picked.tfz');

describe('unpack', () => {
  it('takes a buffer, and a view of a part of one', () => {
    expect(unpack(bytes.buffer)).toEqual(expected);
    const padded = new Uint8Array([7, 7, 7, ...bytes, 7]);
    expect(unpack(padded.subarray(3, -1))).toEqual(expected);
    expect(unpack(new DataView(padded.buffer, 3, bytes.length))).toEqual(expected);
  });

  it('refuses options that are misspelt or no numbers', () => {
    expect(() => unpack(bytes, { maxbytes: 1 } as never)).toThrow(
      "there is no option 'maxbytes': expected maxBytes, name.",
    );
    for (const maxBytes of ['1000', Number.NaN, -1, null]) {
      expect(() => unpack(bytes, { maxBytes } as never)).toThrow(/^maxBytes: expected a number ≥ 0, received/);
    }
    expect(unpack(bytes, { maxBytes: Number.POSITIVE_INFINITY })).toEqual(expected);
  });
});

for (const [which, handler] of Object.entries({
  compressed,
  'compressed of the decoder alone': decoderOnly,
  'compressed of the smaller decoder': decoder2,
})) {
  describe(which, () => {
    const sources = {
      bytes,
      'a buffer': bytes.buffer,
      'a File': file,
      'a list of one File': [file],
      'tf.io.browserFiles': io.browserFiles([file]),
      'a Response': new Response(bytes),
      'a data: URL': `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`,
      'a blob: URL': URL.createObjectURL(file),
      'a URL object': new URL(URL.createObjectURL(file)),
    };
    for (const [name, source] of Object.entries(sources)) {
      it(`loads from ${name}`, async () => expect(await handler(source).load()).toEqual(expected));
    }

    for (const [source, received] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [7, 'Number'],
      ['', '0'],
      [{}, 'Object'],
      [Promise.resolve(new Response(bytes)), 'Promise'],
      [[], '0'],
      [[file, file], '2'],
    ]) {
      it(`says what it can load, and that it received ${received}`, async () => {
        await expect(handler(source as never).load()).rejects.toThrow(
          `expected a URL, bytes, 1 file or a handler that can load, received ${received}`,
        );
      });
    }

    it('names what it asked for where there is no answer, or another one', async () => {
      await expect(handler('http://localhost:1/model.tfz').load()).rejects.toThrow(
        /^http:\/\/localhost:1\/model.tfz: cannot be fetched: /,
      );
      await expect(handler(new Response('none', { status: 404 })).load()).rejects.toThrow('failed with status 404');
    });

    it('refuses unknown options before it loads', () => {
      expect(() => handler('model.tfz', { maxbytes: 1 } as never)).toThrow("option 'maxbytes'");
      expect(() => handler('model.tfz', { maxBytes: '1' } as never)).toThrow('maxBytes: expected a number');
    });
  });
}

describe('saving', () => {
  it('takes a file: URL object', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'format '));
    const url = pathToFileURL(join(folder, 'a b.tfz'));
    await compressed(url).save(model);
    expect(await compressed(url).load()).toEqual(expected);
    expect(await compressed(`file://${join(folder, 'a b.tfz')}`).load()).toEqual(expected);
    rmSync(folder, { recursive: true });
  });

  it('is refused where nothing can be saved', async () => {
    for (const target of [undefined, [], bytes, new URL('blob:nowhere')]) {
      await expect(compressed(target as never).save(model)).rejects.toThrow();
    }
    await expect(compressed(bytes).save(model)).rejects.toThrow('cannot be saved to');
    await expect(compressed('http://localhost:1/').save(model)).rejects.toThrow(
      /^compressed: saving to http:\/\/localhost:1\/ \(a POST\) failed: /,
    );
  });
});
