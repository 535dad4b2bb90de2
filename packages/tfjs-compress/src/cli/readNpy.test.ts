import { describe, expect, it } from 'vitest';
import { readNested, readNpy } from './readNpy.js';

/** A .npy file as NumPy 1.26 writes it: numpy.save of the array, little endian. */
function npy(descr: string, shape: string, data: ArrayBufferView, { version = 1, order = 'False' } = {}): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
  const before = version === 1 ? 10 : 12;
  const header = `${text.padEnd(Math.ceil((before + text.length + 1) / 64) * 64 - before - 1)}\n`;
  const length =
    version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0];
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Uint8Array.of(0x93, ...Buffer.from('NUMPY'), version, 0, ...length, ...Buffer.from(header), ...bytes);
}

describe('readNpy', () => {
  it.each([
    ['<f4', Float32Array.of(1.5, -2, 3, 4, 5, 6)],
    ['<f8', Float64Array.of(1.5, -2, 3, 4, 5, 6)],
    ['|u1', Uint8Array.of(1, 200, 3, 4, 5, 6)],
    ['|i1', Int8Array.of(-1, 2, 3, 4, 5, 6)],
    ['<i2', Int16Array.of(-1, 2, 3, 4, 5, 6)],
    ['<i4', Int32Array.of(-1, 2, 3, 4, 5, 6)],
    ['<i8', BigInt64Array.of(-1n, 2n, 3n, 4n, 5n, 6n)],
  ])('reads %s', (descr, data) => {
    for (const version of [1, 2]) {
      const { shape, values } = readNpy(npy(descr, '2, 3', data, { version }));
      expect(shape).toEqual([2, 3]);
      expect([...values]).toEqual(Array.from(data as Iterable<number>, Number));
    }
    expect(readNpy(npy(descr, '6,', data)).shape).toEqual([6]);
  });

  it('says what it does not read', () => {
    const four = Float32Array.of(1, 2, 3, 4);
    expect(() => readNpy(Uint8Array.of(1, 2, 3))).toThrow('this is no .npy file');
    expect(() => readNpy(npy('<c8', '2,', four))).toThrow("values of type '<c8' are not read");
    expect(() => readNpy(npy('<f4', '2, 2', four, { order: 'True' }))).toThrow(/C order/);
    expect(() => readNpy(npy('<f4', '5,', four))).toThrow('the file is cut off: 5 values were expected');
  });
});

describe('readNested', () => {
  it('reads lists of equal length and says where others are', () => {
    const { shape, values } = readNested([
      [[1], [2]],
      [[3], [4]],
    ]);
    expect([shape, [...values]]).toEqual([
      [2, 2, 1],
      [1, 2, 3, 4],
    ]);
    expect(() => readNested([[1, 2], [3]])).toThrow('expected 2 values at depth 2');
    expect(() => readNested([[1, 'a']])).toThrow('found "a"');
  });
});
