import * as tf from '@tensorflow/tfjs-core';
import { input, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { decodeBoxes, toBoxes } from '@tfjs-compress/math/internal';
import { MemoryHandler } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectGradient } from '../numericGradient.testing.js';
import { BoxDecoding } from './BoxDecoding.js';

const corner = fc.integer({ min: -50, max: 200 });
const side = fc.integer({ min: 1, max: 100 });
const box = fc.tuple(corner, corner, side, side).map(([x, y, w, h]) => [x, y, x + w, y + h]);
const offset = fc.integer({ min: -300, max: 300 }).map((v) => v / 100);
const moves = fc.array(offset, { minLength: 8, maxLength: 8 });

describe('BoxDecoding', () => {
  it('is decodeBoxes with several offsets a box', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(box, moves), { minLength: 1, maxLength: 4 }), (rows) => {
        const weights = [10, 10, 5, 5] as const;
        const boxes = rows.map(([each]) => each);
        const out = new BoxDecoding({ coder: weights }).apply([
          tf.tensor3d([boxes]),
          tf.tensor2d(rows.map(([, each]) => each)),
        ]) as tf.Tensor;
        expect(out.shape).toEqual([rows.length, 2, 4]);
        const twice = toBoxes(boxes.flatMap((each) => [each, each]));
        const expected = decodeBoxes(Float32Array.from(rows.flatMap(([, each]) => each)), twice, weights);
        out.dataSync().forEach((value, i) => {
          expect(Math.abs(value - expected[i])).toBeLessThan(1e-2);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has the numerical gradient', () => {
    const boxes = tf.tensor3d([[[0, 0, 2, 1]]]);
    expectGradient((x) => new BoxDecoding().call([boxes, x]), tf.tensor2d([[0.1, -0.2, 0.3, 0.4]]));
  });

  it('stands in a model that is saved and loaded', async () => {
    const boxes = input({ shape: [null, 4] });
    const offsets = input({ shape: [8] });
    const output = new BoxDecoding({ coder: [10, 10, 5, 5] }).apply([boxes, offsets]) as SymbolicTensor;
    const handler = new MemoryHandler();
    const net = model({ inputs: [boxes, offsets], outputs: output });
    await net.save(handler);
    const loaded = await loadLayersModel(handler);
    const given = [tf.tensor3d([[[0, 0, 10, 20]]]), tf.tensor2d([[1, 2, 3, 4, 0, 0, 0, 0]])];
    expect([...(loaded.predict(given) as tf.Tensor).dataSync()]).toEqual([
      ...(net.predict(given) as tf.Tensor).dataSync(),
    ]);
  });

  it('names scales that are not four positive numbers', () => {
    expect(() => new BoxDecoding({ coder: [1, 1, 0, 1] })).toThrow('coder: expected four positive numbers');
  });
});
