import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sample } from './files.js';
import { parseIdx, readIdx } from './idx.js';
import { loadMnist, toTensors } from './index.js';

const data = fileURLToPath(new URL('data', import.meta.url));
const { images: file } = sample.test;

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mnist-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The sample's test images as an idx file's bytes, changed, in `folder`. */
function write(change, name = file.name) {
  const bytes = gunzipSync(readFileSync(join(data, `${file.name}.gz`)));
  writeFileSync(join(folder, name), change(bytes) ?? bytes);
}

/** toEqual takes seconds for a million numbers. */
function sameBytes(a, b) {
  return (
    Buffer.compare(
      Buffer.from(a.buffer, a.byteOffset, a.byteLength),
      Buffer.from(b.buffer, b.byteOffset, b.byteLength),
    ) === 0
  );
}

describe('loadMnist', () => {
  it('loads the embedded sample, balanced and in [0, 1)', () => {
    const { source, train, test } = loadMnist({ folder: '' });
    expect(source).toContain('sample');
    for (const [part, count] of [
      [train, 5000],
      [test, 1000],
    ]) {
      expect(part.count).toBe(count);
      expect(part.images.length).toBe(count * 784);
      const perDigit = Array.from({ length: 10 }, (_, digit) => part.labels.filter((label) => label === digit).length);
      expect(perDigit).toEqual(Array(10).fill(count / 10));
      expect(part.images.every((value) => value >= 0 && value < 1)).toBe(true);
    }
    // The mean grey value of all of MNIST is 33.3 of 256 (0.1307 of 255).
    const mean = train.images.reduce((sum, value) => sum + value, 0) / train.images.length;
    expect(mean).toBeCloseTo(0.13, 2);
  });

  it('makes tensors of the images', () => {
    const { test } = loadMnist({ folder: '' });
    const { xs, ys } = toTensors(test, [28, 28, 1]);
    expect(xs.shape).toEqual([1000, 28, 28, 1]);
    expect(ys.shape).toEqual([1000, 10]);
    expect(Array.from(ys.argMax(-1).dataSync())).toEqual([...test.labels]);
    xs.dispose();
    ys.dispose();
  });

  it('says which folder or file of MNIST_DIR is missing', () => {
    expect(() => loadMnist({ folder: join(folder, 'nowhere') })).toThrow(/nowhere does not exist/);
    expect(() => loadMnist({ folder })).toThrow(/holds none of train-labels-idx1-ubyte, train-labels-idx1-ubyte\.gz/);
  });

  it('does not take the sample for the full set', () => {
    cpSync(data, folder, { recursive: true });
    expect(() => loadMnist({ folder })).toThrow(/holds 5000 values, expected 60000/);
  });

  // The full set is not in the repository: MNIST_DIR=folder npm test --
  // examples/mnist-data runs this too.
  it.runIf(process.env.MNIST_DIR)('loads the full set, gzipped and unzipped alike', () => {
    const { source, train, test } = loadMnist();
    expect(source).toContain('full set');
    expect([train.count, test.count]).toEqual([60000, 10000]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    for (const { name } of [sample.train, sample.test].flatMap((part) => [part.images, part.labels])) {
      const zipped = readFileSync(join(process.env.MNIST_DIR, `${name}.gz`));
      writeFileSync(join(folder, name.replace('-idx', '.idx')), gunzipSync(zipped));
    }
    const unzipped = loadMnist({ folder });
    expect(sameBytes(unzipped.train.images, train.images)).toBe(true);
    expect(sameBytes(unzipped.test.images, test.images)).toBe(true);
  });
});

describe('readIdx', () => {
  it('reads a file gzipped or not, under both spellings', () => {
    const expected = readIdx(data, file);
    write((bytes) => bytes);
    expect(sameBytes(readIdx(folder, file), expected)).toBe(true);
    rmSync(join(folder, file.name));
    write((bytes) => gzipSync(bytes), 't10k-images.idx3-ubyte.gz');
    expect(sameBytes(readIdx(folder, file), expected)).toBe(true);
  });

  it.each([
    ['is empty', () => Buffer.alloc(0), /is not an idx file .* starts with nothing/],
    ['is a web page', () => Buffer.from('<!doctype html>'), /is not an idx file .* starts with 3c21646f/],
    ['holds labels', (bytes) => void bytes.writeUInt32BE(0x0801, 0), /is not an idx file of 3-dimensional bytes/],
    [
      'has another shape',
      (bytes) => void bytes.writeUInt32BE(27, 8),
      /holds 1000 × 27 × 28 values, expected 1000 × 28 × 28/,
    ],
    [
      'is cut off',
      (bytes) => bytes.subarray(0, 5000),
      /is 5000 bytes long \(unzipped\), expected 784016: it is cut off/,
    ],
    ['is cut off while gzipped', (bytes) => gzipSync(bytes).subarray(0, 5000), /does not unzip/],
    [
      'has one wrong pixel',
      (bytes) => void bytes.writeUInt8(bytes[5000] ^ 1, 5000),
      /MD5 [0-9a-f]{32}, expected 378ada602e4488f4f63399815d1dd82d/,
    ],
  ])('refuses a file that %s, naming it', (_, change, message) => {
    write(change);
    expect(() => readIdx(folder, file)).toThrow(message);
    expect(() => readIdx(folder, file)).toThrow(join(folder, file.name));
  });

  it('refuses the header of one dimension where three are expected', () => {
    expect(() => parseIdx(Buffer.from([0, 0, 8, 1, 0, 0, 0, 0]), 'x', file)).toThrow(/x is not an idx file/);
  });
});
