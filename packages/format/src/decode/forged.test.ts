import { describe, expect, it } from 'vitest';
import { type AdaptiveBits, numberSlots } from '../codec/AdaptiveBits.js';
import { codeText } from '../codec/codeText.js';
import { tableContexts } from '../codec/SymbolTables.js';
import { codePlan, noPlan, planFields, powerLevels, type TensorPlan } from '../codec/TensorPlan.js';
import { BitEncoder } from '../encode/BitEncoder.js';
import { EncoderState } from '../encode/EncoderState.js';
import { SymbolRecorder } from '../encode/SymbolRecorder.js';
import { writeContainer } from '../encode/writeContainer.js';
import { unpack } from './unpack.js';

/** The base of the numbers that describe tables. */
const tables = planFields * numberSlots;
const powers: TensorPlan = {
  ...noPlan,
  positions: 'gaps',
  values: 'powers',
  exponent: 120,
  levels: powerLevels(120, 4),
};

/** Reads a file, its checksum right, of one tensor whose coding `write` makes up. */
function read(shape: number[], write: (encoder: BitEncoder, fields: AdaptiveBits) => void): unknown {
  const text = new TextEncoder().encode(JSON.stringify({ weights: [['a', shape]] }));
  const encoder = new BitEncoder();
  codeText(encoder, text);
  write(encoder, new EncoderState().fields);
  const { coded, raw } = encoder.finish();
  const bytes = 4 * shape.reduce((a, b) => a * b, 1);
  return unpack(writeContainer(bytes, text.length, coded, raw), { name: 'forged.tfz', maxBytes: 2 ** 27 });
}

/** Of a tensor in tables: any symbols, each with its context, then raw bits. */
function withSymbols(
  plan: TensorPlan,
  symbols: [context: number, symbol: number][],
  raw?: (coder: BitEncoder) => void,
) {
  return (encoder: BitEncoder, fields: AdaptiveBits): void => {
    codePlan(encoder, fields, plan);
    const recorder = new SymbolRecorder(tableContexts);
    for (const [context, symbol] of symbols) recorder.code(context, symbol);
    recorder.write(encoder, fields, tables);
    raw?.(encoder);
  };
}

/**
 * Of a tensor in tables: the numbers that describe them, each in the context of the one
 * before, then bytes.
 */
function withTable(numbers: [context: number, number: number][], bytes: number[] = []) {
  return (encoder: BitEncoder, fields: AdaptiveBits): void => {
    codePlan(encoder, fields, powers);
    for (const [context, number] of numbers) fields.codeNumber(encoder, tables + context * numberSlots, number);
    if (bytes.length) encoder.bytes(bytes.length, Uint8Array.from(bytes));
  };
}
/** Six tables with nothing but symbol 0 in them. */
const sixTables = Array.from({ length: tableContexts }, (): [number, number][] => [
  [0, 1],
  [1, 4096],
]).flat();

const floats: TensorPlan = { ...noPlan, values: 'float', exponent: 3, mantissaBits: 2 };
const mixed: TensorPlan = { ...powers, positions: 'mixed', stride: 2 };

const cases: Record<string, [number[], (encoder: BitEncoder, fields: AdaptiveBits) => void, string]> = {
  'a code table that does not sum': [
    [8],
    withTable([
      [0, 2],
      [1, 1],
      [2, 2],
    ]),
    'table',
  ],
  'a code table of more than 256 symbols': [[8], withTable([[0, 300]]), 'table'],
  'code tables without symbols after them': [[8], withTable([...sixTables, [0, 4]]), 'end'],
  'a state of the symbol coder that no encoder leaves': [[8], withTable([...sixTables, [0, 4]], [0, 0, 0, 1]), 'start'],
  'symbols that end early': [[1 << 20], withTable([...sixTables, [0, 4]], [0x7f, 0xff, 0xff, 0xff]), 'end'],
  'bytes left after the symbols': [
    [1],
    (encoder, fields) => {
      withSymbols(powers, [
        [0, 0],
        [5, 1],
        [0, 0],
      ])(encoder, fields);
      encoder.raw(16, 0);
    },
    'end',
  ],
  'a level that is not in the list': [
    [8],
    withSymbols(powers, [
      [0, 1],
      [5, 200],
    ]),
    'table',
  ],
  'an exponent below zero': [
    [8],
    withSymbols({ ...floats, positions: 'gaps' }, [
      [0, 1],
      [5, 4],
    ]),
    'table',
  ],
  'a run of zeros beyond the tensor': [
    [8],
    withSymbols(powers, [
      [0, 7],
      [5, 0],
      [1, 8],
    ]),
    'run of zeros',
  ],
  'a run of zeros that no tensor of this size has': [[8], withSymbols(powers, [[0, 15]]), 'table'],
  'a long run of zeros without its lower bits': [[1 << 20], withSymbols(powers, [[0, 40]]), 'end'],
  'more symbols than elements': [
    [1],
    withSymbols({ ...powers, levels: powerLevels(120, 8) }, [
      [0, 0],
      [5, 1],
      [5, 2],
      [5, 3],
    ]),
    'table',
  ],
  'more levels than there are powers of two': [
    [8],
    (encoder, fields) => {
      // Gaps, powers of two, the smallest exponent, how many levels.
      for (const [field, value] of [
        [0, 1],
        [1, 3],
        [3, 250],
        [5, 14],
      ]) {
        fields.codeNumber(encoder, field * numberSlots, value);
      }
    },
    'exponent',
  ],
  'values as they are that are not there': [[8], (encoder, fields) => void codePlan(encoder, fields, noPlan), 'end'],
  'a way of coding that does not exist': [[8], (encoder, fields) => void fields.codeNumber(encoder, 0, 7), 'field'],
  'a few floats, their exponents below zero': [
    [2],
    (encoder, fields) => {
      codePlan(encoder, fields, { ...floats, positions: 'few' });
      for (const bit of [1, 1, 1, 1, 0]) encoder.bit(0.5, bit);
    },
    'exponent',
  ],
  'more values in trees than may be': [
    [2060, 2048],
    (encoder, fields) => {
      codePlan(encoder, fields, { ...mixed, positions: 'mixedDense' });
      for (let i = 0; i < 2 ** 18; i++) encoder.bit(0.5, i < 2 ** 18 - 1 ? 1 : 0);
    },
    'number of values',
  ],
  'more elements in trees than may be': [
    [4096, 4097],
    (encoder, fields) => void codePlan(encoder, fields, mixed),
    'stride',
  ],
  'rows in trees that lie too far apart': [
    [1 << 12, 1 << 11],
    (encoder, fields) => void codePlan(encoder, fields, { ...mixed, stride: 1 << 12 }),
    'stride',
  ],
  'raw bits where there are none': [
    [8],
    (encoder) => void Array.from({ length: 99 }, () => encoder.raw(8, 1)),
    'field',
  ],
};

describe('a forged tensor with a right checksum is refused', () => {
  for (const [what, [shape, write, message]] of Object.entries(cases)) {
    it(what, () => {
      expect(() => read(shape, write)).toThrow(
        new RegExp(`^forged\\.tfz: invalid ${message}.* \\(at byte \\d+\\)\\.$`),
      );
    });
  }

  it('a list of levels that the symbols go beyond', () => {
    const plan: TensorPlan = { ...mixed, levels: powerLevels(120, 3) };
    const write = (encoder: BitEncoder, fields: AdaptiveBits) => {
      codePlan(encoder, fields, plan);
      for (let i = 0; i < 4000; i++) encoder.bit(0.5, i < 3999 ? 1 : 0);
    };
    expect(() => read([16, 16], write)).toThrow('invalid level');
  });

  it('a coded part that ends before the text', () => {
    expect(() => unpack(writeContainer(0, 1 << 17, new Uint8Array(0), new Uint8Array(0)))).toThrow('invalid end');
  });
});
