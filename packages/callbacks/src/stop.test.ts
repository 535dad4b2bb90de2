import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isPowerOfTwoOrZero, sparsityOf } from '@tfjs-compress/math';
import { smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler } from './INQScheduler.js';
import { SurgeryCallback } from './SurgeryCallback.js';

let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const fitArgs = { epochs: 6, batchSize: 16, shuffle: false, verbose: 0 as const };

/** A fit whose stop button is pressed in the second batch of the third epoch. */
async function stoppedFit(model: tfl.LayersModel, make: (signal: AbortSignal) => tfl.CustomCallback) {
  const button = new AbortController();
  const batches: number[] = [];
  const observer = new tfl.CustomCallback({
    onEpochBegin: async () => {
      batches.push(0);
    },
    onBatchBegin: async () => {
      batches[batches.length - 1]++;
      if (batches.length === 3 && batches[2] === 2) button.abort();
    },
  });
  await model.fit(x, y, { ...fitArgs, callbacks: [make(button.signal), observer] });
  return batches;
}

describe('a stop button', () => {
  it('ends the fit after the current batch, with a finished model', async () => {
    const model = smallModel();
    const batches = await stoppedFit(model, (signal) => new INQScheduler({ signal, verbose: 0 }));
    expect(batches).toEqual([batches[0], batches[0], 2]);
    expect(weightsOf(model)[0].every((value) => isPowerOfTwoOrZero(value))).toBe(true);
  });

  it("keeps what is done with whenStopped: 'keep', and a later fit goes on", async () => {
    const options = { targetSparsity: 0.5, whenStopped: 'keep', verbose: 0 } as const;
    const model = smallModel();
    await stoppedFit(model, (signal) => new SurgeryCallback({ ...options, signal }));
    expect(model.getUserDefinedMetadata()).toHaveProperty('tfjsCompress.progress');
    await model.fit(x, y, { ...fitArgs, initialEpoch: 3, callbacks: [new SurgeryCallback(options)] });
    const kernel = weightsOf(model)[0];
    expect(sparsityOf(kernel)).toBeCloseTo(0.5, 1);
    expect(model.getUserDefinedMetadata()).not.toHaveProperty('tfjsCompress.progress');
  });

  it('ends fitDataset too', async () => {
    const model = smallModel();
    const button = new AbortController();
    const rows = tf.tidy(() => [x, y].map((each) => each.slice(0, 16).arraySync()));
    let batches = 0;
    const dataset = {
      size: 10,
      iterator: async () => ({
        next: async () => {
          if (++batches === 3) button.abort();
          return { done: false, value: { xs: tf.tensor(rows[0]), ys: tf.tensor(rows[1]) } };
        },
      }),
    };
    await model.fitDataset(dataset as never, {
      epochs: 4,
      batchesPerEpoch: 10,
      verbose: 0,
      callbacks: [new INQScheduler({ signal: button.signal, verbose: 0 })],
    });
    expect(batches).toBe(3);
    expect(weightsOf(model)[0].every((value) => isPowerOfTwoOrZero(value))).toBe(true);
  });

  it('must be an AbortSignal', () => {
    const make = () => new INQScheduler({ signal: new AbortController() as never });
    expect(make).toThrow('signal: expected an AbortSignal');
  });
});
