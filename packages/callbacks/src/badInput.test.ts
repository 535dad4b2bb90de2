import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { findSites, kernelAt } from '@tfjs-compress/layers';
import { expectNoLeak, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler } from './INQScheduler.js';
import { SurgeryCallback } from './SurgeryCallback.js';

let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const steps = [0.5, 1];
const inq = (args: object = {}) => new INQScheduler({ steps, verbose: 0, ...args } as never);
const surgery = (args: object = {}) => new SurgeryCallback({ targetSparsity: 0.5, verbose: 0, ...args } as never);
const increasing = 'steps: expected increasing portions in (0, 1] that end at 1, such as [.5, .75, .875, 1]';

/** What is wrong at once, when the callback is made. */
const constructors: [string, () => unknown, string][] = [
  [
    'no options',
    () => new INQScheduler(undefined as never),
    'INQScheduler: expected an object of options, received undefined.',
  ],
  ['steps left out', () => new INQScheduler({} as never), `${increasing}, received undefined.`],
  ['steps empty', () => inq({ steps: [] }), `${increasing}, received [].`],
  ['steps not increasing', () => inq({ steps: [0.5, 0.5, 1] }), `${increasing}, received [0.5, 0.5, 1].`],
  ['steps outside (0, 1]', () => inq({ steps: [0, 1] }), `${increasing}, received [0, 1].`],
  ['steps above 1', () => inq({ steps: [0.5, 1.5] }), `${increasing}, received [0.5, 1.5].`],
  [
    'steps not ending at 1',
    () => inq({ steps: [0.5, 0.9] }),
    `${increasing} (10% of the weights would stay float32 otherwise), received [0.5, 0.9].`,
  ],
  ['bits too few', () => inq({ bits: 1 }), 'INQScheduler: bits: expected an integer from 2 to 8, received 1.'],
  ['bits too many', () => inq({ bits: 9 }), 'INQScheduler: bits: expected an integer from 2 to 8, received 9.'],
  [
    'partition unknown',
    () => inq({ partition: 'largest' }),
    "partition: expected 'magnitude' or 'random', received 'largest'.",
  ],
  ['epochsPerStep', () => inq({ epochsPerStep: 0 }), 'epochsPerStep: expected an integer ≥ 1, received 0.'],
  ['verbose', () => inq({ verbose: 3 }), 'verbose: expected 0, 1 or 2, received 3.'],
  ['whenStopped', () => inq({ whenStopped: 'stop' }), "whenStopped: expected 'finish' or 'keep', received 'stop'."],
  ['an unknown option', () => inq({ step: [1] }), "INQScheduler has no option 'step'. Did you mean 'steps'?"],
  [
    'targetSparsity of 1',
    () => surgery({ targetSparsity: 1 }),
    'SurgeryCallback: targetSparsity: expected a number in [0, 1), received 1.',
  ],
  [
    'targetSparsity below 0',
    () => surgery({ targetSparsity: -0.1 }),
    'SurgeryCallback: targetSparsity: expected a number in [0, 1), received -0.1.',
  ],
  [
    'rate beside targetSparsity',
    () => surgery({ rate: 1 }),
    'SurgeryCallback: rate: expected to be left out beside targetSparsity, received 1.',
  ],
  [
    'endStep before beginStep',
    () => surgery({ beginStep: 10, endStep: 5 }),
    'endStep: expected an integer ≥ 11, received 5.',
  ],
  ['hysteresis', () => surgery({ hysteresis: 1 }), 'hysteresis: expected a number in [0, 1), received 1.'],
  ['gamma', () => surgery({ gamma: -1 }), 'gamma: expected a number ≥ 0, received -1.'],
  [
    'phases empty',
    () => surgery({ phases: [] }),
    'phases: expected a list of {include, beginStep, endStep}, received [].',
  ],
  [
    'phases without steps',
    () => surgery({ phases: [{ include: 'a' }] }),
    'phases[0].beginStep: expected an integer ≥ 0',
  ],
  [
    'an unknown option of surgery',
    () => surgery({ sparsity: 0.5 }),
    "SurgeryCallback has no option 'sparsity'. Did you mean 'targetSparsity'?",
  ],
  ['seed', () => surgery({ seed: 0.5 }), 'seed: expected an integer, received 0.5.'],
];

describe('the constructors refuse', () => {
  for (const [name, make, message] of constructors) {
    it(name, () => expect(make).toThrow(message));
  }
});

/** What is wrong for a model: before its first batch. */
const fits: [string, () => tfl.CustomCallback, string][] = [
  [
    'a selector that matches nothing',
    () => inq({ include: 'c*' }),
    'include: c* matches no layer with a weight that can be',
  ],
  ['an exclusion that matches nothing', () => inq({ exclude: /z/ }), 'exclude: /z/ matches no layer'],
  ['an override that matches nothing', () => surgery({ overrides: { c: {} } }), 'overrides: c matches no layer'],
  ['a selector that leaves nothing', () => inq({ exclude: '*' }), 'INQScheduler: nothing to compress.'],
  [
    'an unknown override',
    () => inq({ overrides: { a: { bit: 3 } } }),
    "overrides['a'] has no option 'bit'. Did you mean 'bits'?",
  ],
  [
    'bits of an override',
    () => inq({ overrides: { a: { bits: 12 } } }),
    'overrides of a/kernel: bits: expected an integer',
  ],
  [
    'a layer without a target',
    () => new SurgeryCallback({ verbose: 0, overrides: { a: { targetSparsity: 0.5 } } }),
    'SurgeryCallback: expected targetSparsity or rate for b/kernel',
  ],
  [
    'more steps than epochs',
    () => inq({ steps: [0.2, 0.4, 0.6, 0.8, 1] }),
    'INQScheduler: 5 steps with 4 stages of re-training between them need at least 4 epochs (epochsPerStep at least 1), fit runs 3.',
  ],
  [
    'epochsPerStep that do not fit',
    () => inq({ epochsPerStep: 4 }),
    'INQScheduler: 2 steps with 1 stages of re-training between them need at least 4 epochs (epochsPerStep 4), fit runs 3.',
  ],
];

describe('fit refuses, before the first batch,', () => {
  for (const [name, make, message] of fits) {
    it(name, async () => {
      const model = smallModel();
      const before = weightsOf(model);
      await expectNoLeak(async () => {
        await expect(model.fit(x, y, { epochs: 3, verbose: 0, callbacks: make() })).rejects.toThrow(message);
      });
      expect(weightsOf(model)).toEqual(before);
      expect(findSites(model).map(kernelAt)).toEqual([undefined, undefined, undefined, undefined]);
      expect(model.getUserDefinedMetadata()).toBeUndefined();
    });
  }

  it('a model that is not compiled', async () => {
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [8] })] });
    const callback = inq();
    callback.setParams({ epochs: 3 });
    callback.setModel(model);
    await expect(callback.onTrainBegin()).rejects.toThrow(
      'INQScheduler: the model is not compiled. Call model.compile()',
    );
  });

  it('a model with nothing to compress', async () => {
    const model = tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [8] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await expect(model.fit(x, x, { epochs: 3, verbose: 0, callbacks: surgery() })).rejects.toThrow(
      'SurgeryCallback: nothing to compress. The model has no trainable kernel',
    );
  });

  it('NaN and infinite weights, by layer and count', async () => {
    const model = smallModel();
    tf.tidy(() => {
      const values = weightsOf(model)[2];
      values[3] = Number.NaN;
      values[4] = Number.POSITIVE_INFINITY;
      model.layers[1].setWeights([tf.tensor(values, [16, 3]), tf.zeros([3])]);
    });
    await expect(model.fit(x, y, { epochs: 3, verbose: 0, callbacks: inq() })).rejects.toThrow(
      'INQScheduler: b/kernel holds 2 NaN or infinite weights of 48. Did training diverge?',
    );
  });

  it('the same callback in two fits at once, and lets the first one be', async () => {
    const [callback, a, b] = [inq(), smallModel(), smallModel()];
    const first = a.fit(x, y, { epochs: 3, verbose: 0, callbacks: callback });
    await expect(b.fit(x, y, { epochs: 3, verbose: 0, callbacks: callback })).rejects.toThrow(
      'This INQScheduler is already running in another fit. Make a new one for each fit.',
    );
    expect((await first).history.quantized).toEqual([0.5, 0.5, 1]);
  });

  it('an optimizer with the slots of other weights', async () => {
    const optimizer = tf.train.momentum(0.1, 0.9);
    await smallModel(optimizer).fit(x, y, { epochs: 1, verbose: 0 });
    const model = smallModel();
    model.layers[0].trainable = false;
    model.compile({ optimizer, loss: 'categoricalCrossentropy' });
    await expect(model.fit(x, y, { epochs: 3, verbose: 0, callbacks: inq() })).rejects.toThrow(
      'INQScheduler: the optimizer carries accumulations of other weights: at position 0, expected shape [16×3], received [8×16].',
    );
  });

  it('a model of another kind', () => {
    expect(() => inq().setModel({} as never)).toThrow(
      'model: expected a tf.Sequential or tf.LayersModel, received an instance of Object.',
    );
    expect(() => inq().setModel({ loadWeights() {} } as never)).toThrow(
      'Two copies of @tensorflow/tfjs-layers are loaded',
    );
  });

  it('a fit of another copy of tfjs, which takes it for a plain object', async () => {
    const wrapped = new tfl.CustomCallback(inq() as never);
    await expect(wrapped.onTrainBegin()).rejects.toThrow(
      'Two copies of @tensorflow/tfjs-layers are loaded (fit takes the',
    );
  });

  it('a loop of the own that forgot setModel or setParams', async () => {
    await expect(inq().onTrainBegin()).rejects.toThrow(
      'INQScheduler was given no model. In a loop of your own call setModel',
    );
    const callback = inq();
    callback.setModel(smallModel());
    await expect(callback.onTrainBegin()).rejects.toThrow(
      'setParams: epochs: expected a positive integer, received undefined.',
    );
  });
});

describe('a fit that fails in the middle', () => {
  it('leaves the model as far as it came, and a later fit goes on', async () => {
    const model = smallModel();
    const failing = new tfl.CustomCallback({
      onEpochEnd: (epoch) => {
        if (epoch === 1) throw new Error('the disk is full');
      },
    });
    const config = { epochs: 4, batchSize: 32, verbose: 0 as const };
    await expect(model.fit(x, y, { ...config, callbacks: [inq(), failing] })).rejects.toThrow('the disk is full');
    expect(findSites(model).map(kernelAt)).toEqual([undefined, undefined, undefined, undefined]);
    const { history } = await model.fit(x, y, { ...config, initialEpoch: 2, callbacks: inq() });
    expect(history.quantized).toEqual([0.5, 1]);
    expect(model.getUserDefinedMetadata()).toBeUndefined();
  });
});
