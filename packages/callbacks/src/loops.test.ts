import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  countWeights,
  expectNoLeak,
  MemoryHandler,
  printedBy,
  smallModel,
  smallProblem,
  weightsOf,
} from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler, SurgeryCallback } from './index.js';

const epochs = 6;
const stepsPerEpoch = 6;
const fitArgs = { epochs, batchSize: 16, shuffle: false, verbose: 0 as const };
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const inq = (args = {}) => new INQScheduler({ steps: [0.5, 0.75, 1], verbose: 0, ...args });
const surgery = (args = {}) => new SurgeryCallback({ targetSparsity: 0.6, verbose: 0, ...args } as never);
const batch = (tensor: tf.Tensor, i: number) => tf.slice(tensor, [16 * i], [16]);

type Handle = INQScheduler | SurgeryCallback;

/** A loop over trainOnBatch, as people write it. Returns the logs of its epochs. */
async function train(model: tfl.LayersModel, callbacks: Handle[], from = 0, to = epochs): Promise<tfl.Logs[]> {
  const all: tfl.Logs[] = [];
  for (const callback of callbacks) await callback.begin(model, { epochs, stepsPerEpoch, initialEpoch: from });
  for (let epoch = from; epoch < to; epoch++) {
    for (let i = 0; i < stepsPerEpoch; i++) {
      for (const callback of callbacks) await callback.step();
      const [inputs, targets] = [batch(x, i), batch(y, i)];
      await model.trainOnBatch(inputs, targets);
      tf.dispose([inputs, targets]);
    }
    const logs: tfl.Logs = {};
    for (const callback of callbacks) await callback.endEpoch(logs);
    all.push(logs);
  }
  return all;
}

describe('a loop of one’s own', () => {
  it('gives what fit gives', async () => {
    for (const make of [() => [surgery()], () => [inq()], () => [surgery(), inq()]]) {
      const [byHand, byFit] = [smallModel(), smallModel()];
      const callbacks = make() as Handle[];
      const logs = await train(byHand, callbacks);
      for (const callback of callbacks) await callback.end();
      const { history } = await byFit.fit(x, y, { ...fitArgs, callbacks: make() });
      expect(weightsOf(byHand)).toEqual(weightsOf(byFit));
      for (const key of Object.keys(logs[0])) expect(logs.map((each) => each[key])).toEqual(history[key]);
      for (const model of [byHand, byFit]) model.dispose();
    }
  });

  it('of a Sequential keeps its progress, and goes on in a new process', async () => {
    for (const make of [inq, surgery]) {
      const whole = smallModel();
      const uninterrupted = make({ whenStopped: 'keep' }) as Handle;
      await train(whole, [uninterrupted]);
      await uninterrupted.end();
      const paused = smallModel();
      const first = make({ whenStopped: 'keep' }) as Handle;
      await train(paused, [first], 0, 3);
      const [during, after] = [new MemoryHandler(), new MemoryHandler()];
      await paused.save(during, { includeOptimizer: true });
      await first.end();
      await paused.save(after, { includeOptimizer: true });
      for (const file of [during, after]) {
        const loaded = await tfl.loadLayersModel(file);
        const second = make({ whenStopped: 'keep' }) as Handle;
        await train(loaded, [second], 3);
        await second.end();
        expect(weightsOf(loaded)).toEqual(weightsOf(whole));
      }
    }
  });

  it('that throws, or is simply left, does not spoil the next one', async () => {
    for (const make of [inq, surgery]) {
      const model = smallModel();
      await train(model, [make() as Handle], 0, 3);
      const next = make() as Handle;
      const message = await train(model, [next]).catch((error) => error.message);
      if (typeof message === 'string') {
        // Or it says what the one before has to do.
        expect(message).toContain('end()');
        continue;
      }
      await next.end();
      for (const { levels, zeros, weights } of countWeights(model).values()) {
        if (make === inq) expect(levels).toBe(weights);
        else expect(Math.abs(zeros - 0.6 * weights)).toBeLessThanOrEqual(1);
      }
      model.dispose();
    }
  });

  it('that is left does not spoil a fit with the same callbacks', async () => {
    for (const make of [() => [surgery()], () => [inq()], () => [surgery(), inq()]]) {
      const model = smallModel();
      const callbacks = make() as Handle[];
      await train(model, callbacks, 0, 4);
      const other = smallModel();
      await other.fit(x, y, { ...fitArgs, callbacks: make() });
      const { history } = await model.fit(x, y, { ...fitArgs, callbacks });
      for (const { zeros, levels, weights } of countWeights(model).values()) {
        if (callbacks.length > 1 || callbacks[0] instanceof SurgeryCallback)
          expect(Math.abs(zeros - 0.6 * weights)).toBeLessThanOrEqual(1);
        if (callbacks.some((callback) => callback instanceof INQScheduler)) expect(levels).toBe(weights);
      }
      expect(history.quantized?.at(-1) ?? 1).toBe(1);
      for (const each of [model, other]) each.dispose();
    }
  });

  it('says what is missing', async () => {
    const callback = inq() as INQScheduler;
    await expect(callback.begin(smallModel(), {} as never)).rejects.toThrow('epochs');
    await expect(callback.begin(smallModel(), { epochs: 6 } as never)).rejects.toThrow('stepsPerEpoch');
    await expect(callback.begin(undefined as never, { epochs: 6, stepsPerEpoch: 6 })).rejects.toThrow(/model/);
    await expect(inq().step()).rejects.toThrow(/begin/);
  });
});

it('lets go of a model that is disposed of while it trains, as the stock fit does', async () => {
  const stockSave = tfl.LayersModel.prototype.save;
  const fitDisposed = async (callbacks: tfl.CustomCallback[]) => {
    const model = smallModel();
    const leave = new tfl.CustomCallback({
      onEpochEnd: (epoch) => {
        if (epoch === 2) model.dispose();
      },
    });
    let message = 'none';
    await model.fit(x, y, { ...fitArgs, callbacks: [...callbacks, leave] }).catch((error) => {
      message = error.message;
    });
    model.optimizer.dispose();
    return message;
  };
  const tensorsLeft = async (callbacks: () => tfl.CustomCallback[]) => {
    const before = tf.memory().numTensors;
    const message = await fitDisposed(callbacks());
    return { message, left: tf.memory().numTensors - before };
  };
  const stock = await tensorsLeft(() => []);
  for (const make of [inq, surgery]) {
    for (const whenStopped of ['finish', 'keep']) {
      const ours = await tensorsLeft(() => [make({ whenStopped })]);
      expect(ours.message).toMatch(/disposed/);
      expect(ours.left).toBeLessThanOrEqual(stock.left);
      expect(tfl.LayersModel.prototype.save).toBe(stockSave);
    }
  }
});

it('leaves no tensors behind, whatever the verbosity and however the fit ends', async () => {
  const stopAt = (model: tfl.LayersModel) =>
    new tfl.CustomCallback({
      onEpochEnd: (epoch) => {
        if (epoch === 1) model.stopTraining = true;
      },
    });
  for (const verbose of [0, 1, 2] as const) {
    for (const whenStopped of ['finish', 'keep'] as const) {
      for (const make of [
        () => [inq({ verbose, whenStopped })],
        () => [surgery({ verbose, whenStopped }), inq({ verbose, whenStopped })],
      ]) {
        await expectNoLeak(() =>
          printedBy(async () => {
            const model = smallModel();
            await model.fit(x, y, { ...fitArgs, callbacks: [...make(), stopAt(model)] });
            model.dispose();
            model.optimizer.dispose();
          }),
        );
      }
    }
  }
});

it('counts a bias once that follows two kernels', async () => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.lstm({ units: 4, inputShape: [4, 2], biasInitializer: 'randomNormal', unitForgetBias: false }),
      tfl.layers.dense({ units: 3, activation: 'softmax', biasInitializer: 'randomNormal' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const series = tf.reshape(x, [96, 4, 2]);
  const { history } = await model.fit(series, y, { ...fitArgs, callbacks: surgery({ pruneBias: true }) });
  const all = weightsOf(model).flatMap((values) => [...values]);
  const zeros = all.filter((value) => value === 0).length;
  expect(history.sparsity.at(-1)).toBeCloseTo(zeros / all.length, 6);
  series.dispose();
  model.dispose();
});

describe('messages', () => {
  const cases: [string, () => unknown, RegExp][] = [
    ['a number for a selector', () => inq({ include: 5 }), /include: expected .*received 5/],
    ['null for a selector', () => inq({ include: null }), /include: expected .*received null/],
    ['an empty list of selectors', () => surgery({ exclude: [] }), /exclude: expected .*received/],
    ['an unknown option', () => inq({ step: [1] }), /step/],
    ['an unknown option of surgery', () => surgery({ stopStep: 5 }), /stopStep/],
  ];
  for (const [name, make, message] of cases) {
    it(`come from the constructor: ${name}`, () => {
      expect(make).toThrow(message);
    });
  }

  it('say what is left to do when a kept run does not fit into what is left', async () => {
    const model = smallModel();
    const steps = [0.2, 0.4, 0.6, 0.8, 1];
    const make = () => inq({ steps, whenStopped: 'keep' });
    const stop = new tfl.CustomCallback({
      onEpochEnd: () => {
        model.stopTraining = true;
      },
    });
    await model.fit(x, y, { ...fitArgs, callbacks: [make(), stop] });
    const message = await model
      .fit(x, y, { ...fitArgs, epochs: 1, callbacks: make() })
      .then(() => 'it went on')
      .catch((error) => error.message);
    // Three steps of re-training are left, and one epoch.
    expect(message).toMatch(/4 of 5|3 /);
    expect(message).toMatch(/1/);
    model.dispose();
  });
});
