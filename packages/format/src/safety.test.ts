import { describe, expect, it } from 'vitest';
import { layoutOf } from './artifacts/layout.js';
import { codeText } from './codec/codeText.js';
import { BitEncoder } from './encode/BitEncoder.js';
import { writeContainer } from './encode/writeContainer.js';
import { FormatError, pack, unpack } from './index.js';
import { mixedModel } from './testing/models.js';
import { mutate } from './testing/mutate.js';

const good = pack(mixedModel());
const name = 'some.tfz';
const read = (bytes: Uint8Array, maxBytes = 1 << 16) => unpack(bytes, { name, maxBytes });

/** A file with this JSON and no coded weights, its checksum right. */
function withDescription(json: string, weightBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(json);
  const encoder = new BitEncoder();
  codeText(encoder, text);
  const { coded, raw } = encoder.finish();
  return writeContainer(weightBytes, text.length, coded, raw);
}
function change(at: number, byte: number): Uint8Array {
  const changed = good.slice();
  changed[at] = byte;
  return changed;
}

describe('a file that is not whole', () => {
  it('is refused at every length, with name and offset', () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => read(good.subarray(0, length))).toThrow(FormatError);
    }
    expect(() => read(good.subarray(0, 100))).toThrow(
      `some.tfz: the file is cut off: ${good.length} bytes expected (at byte 100).`,
    );
    expect(() => read(new Uint8Array([...good, 0]))).toThrow('bytes follow the end of the model');
  });

  it('is refused for any flipped bit', () => {
    for (let at = 0; at < good.length; at++) {
      for (let bit = 1; bit < 256; bit *= 2) expect(() => read(change(at, good[at] ^ bit))).toThrow(FormatError);
    }
  });

  it('says what it is instead', () => {
    expect(() => read(new TextEncoder().encode('{"modelTopology": {}}'))).toThrow(
      'this is not a compressed model (at byte 0)',
    );
    expect(() => read(new TextEncoder().encode('<!doctype html>'))).toThrow('this is a web page');
    expect(() => read(change(3, 9))).toThrow('version 9 of the format needs a newer @tfjs-compress/format (at byte 3)');
    expect(() => read(change(good.length - 1, good[good.length - 1] ^ 1))).toThrow('the checksum does not match');
    expect(() => read(new Uint8Array([0x74, 0x66, 0x7a, 1, ...new Array(20).fill(255)]))).toThrow(
      'a size is too large',
    );
  });
});

describe('a forged file', () => {
  it('must fit into maxBytes, whatever it says', () => {
    expect(() => read(good, 100)).toThrow('allows (at byte 4)');
    expect(() => read(withDescription('{}', 2 ** 40))).toThrow('more than maxBytes (65536)');
    expect(() => unpack(withDescription('{"weights":[["a",[1000000000]]]}', 4e9))).toThrow('maxBytes');
  });

  const descriptions: Record<string, string> = {
    'keys named __proto__': '{"modelTopology":{"__proto__":{"polluted":1}}}',
    'deep nesting': `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'no JSON': '{"a":',
    'no object': '[]',
    null: 'null',
    'weights that are no list': '{"weights":{}}',
    'a weight that is no list': '{"weights":[7]}',
    'a weight without a name': '{"weights":[[1,[2]]]}',
    'a shape with a negative size': '{"weights":[["a",[-1]]]}',
    'a shape with a fraction': '{"weights":[["a",[1.5]]]}',
    'a shape that overflows': '{"weights":[["a",[9007199254740991,9007199254740991]]]}',
    'a shape beyond all numbers': `{"weights":[["a",[${Array(30).fill(9007199254740991)},0]]]}`,
    'an unknown dtype': '{"weights":[["a",[1],"constructor"]]}',
    'strings of negative length': '{"weights":[["a",[1],"string",{"byteLength":-4}],["b",[1]]]}',
    'a shape that is changed afterwards': '{"weights":[["a",[0],"float32",{"shape":[5]}],["b",[1]]]}',
    'weights that the file has not': '{"weights":[["a",[4]]]}',
  };
  for (const [what, json] of Object.entries(descriptions)) {
    it(`is refused: ${what}`, () => {
      expect(() => read(withDescription(json))).toThrow(FormatError);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
    });
  }

  it('is refused when its text is no UTF-8', () => {
    const encoder = new BitEncoder();
    codeText(encoder, new Uint8Array([0x7b, 0xff, 0x7d]));
    const { coded, raw } = encoder.finish();
    expect(() => read(writeContainer(0, 3, coded, raw))).toThrow(FormatError);
  });

  // Nothing of it depends on the backend: once is enough.
  it.skipIf(process.env.TFJS_BACKEND !== 'cpu')(
    'ends in a FormatError or a model of the size that it states: 20,000 mutations with the checksum set right',
    () => {
      const refused = { count: 0, inCode: 0 };
      for (let seed = 0; seed < 20_000; seed++) {
        const bytes = mutate(good, seed);
        try {
          const { weightData, weightSpecs = [] } = read(bytes);
          const size = weightSpecs.reduce((sum, spec) => sum + layoutOf(spec).bytes, 0);
          expect((weightData as ArrayBuffer | undefined)?.byteLength ?? 0).toBe(size);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          expect((error as FormatError).message).toMatch(/^some\.tfz: .* \(at byte \d+\)\.$/s);
          expect((error as FormatError).offset).toBeLessThanOrEqual(bytes.length);
          refused.count++;
          if ((error as FormatError).offset > 20) refused.inCode++;
        }
      }
      expect(refused.count).toBeGreaterThan(15_000);
      expect(refused.inCode).toBeGreaterThan(5_000);
    },
    600_000,
  );
});
