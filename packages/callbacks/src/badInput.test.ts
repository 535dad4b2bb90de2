import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { findSites, kernelAt } from '@tfjs-compress/layers/internal';
import { expectNoLeak, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INQScheduler } from './INQScheduler.js';
import { SurgeryCallback } from './SurgeryCallback.js';
import { compressionTable } from './table.js';

let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const steps = [0.5, 1];
const inq = (args: object = {}) => new INQScheduler({ steps, verbose: 0, ...args } as never);
const surgery = (args: object = {}) => new SurgeryCallback({ targetSparsity: 0.5, verbose: 0, ...args } as never);
const increasing = 'steps: expected increasing fractions in (0, 1] that end at 1, such as [.5, .75, .875, 1]';

/** What is wrong at once, when the callback is made. */
const constructors: [string, () => unknown, string][] = [
  [
    'no options',
    () => new SurgeryCallback(undefined as never),
    'SurgeryCallback: expected options such as { targetSparsity: 0.8 }, received undefined.',
  ],
  ['null', () => new INQScheduler(null as never), 'INQScheduler: expected an object of options, received null.'],
  ['include of another kind', () => inq({ include: 5 }), 'include: expected a layer name, a class, a path'],
  ['include empty', () => inq({ include: [] }), 'include: expected a layer name, a class, a path'],
  ['keepZeros', () => inq({ keepZeros: 1 }), 'keepZeros: expected a boolean, received 1.'],
  ['scope', () => surgery({ scope: 'layer' }), "scope: expected 'kernel' or 'model', received 'layer'."],
  [
    'scope model with rate',
    () => new SurgeryCallback({ rate: 1, scope: 'model' }),
    "scope 'model': targetSparsity: expected a number in [0, 1), received undefined.",
  ],
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
  [
    'range unknown',
    () => inq({ range: 'smallest' }),
    "range: expected 'largest' or 'leastError', received 'smallest'.",
  ],
  ['saveBits', () => inq({ saveBits: 1 }), 'saveBits: expected a number in [0, 1), received 1.'],
  [
    'saveBits with one step',
    () => inq({ steps: [1], saveBits: 0.3 }),
    'saveBits: expected 0 where there is one step only, received 0.3.',
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
    'SurgeryCallback: rate: expected one of rate and targetSparsity, not both, received 1.',
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
    'phases: expected a list of { include, beginStep, endStep }, received [].',
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
  [
    'a selector that leaves nothing',
    () => inq({ exclude: '*' }),
    'INQScheduler: nothing to compress: none of the selected layers',
  ],
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
    'INQScheduler: 5 steps need at least 4 epochs and this training has 3.',
  ],
  [
    'epochsPerStep that do not fit',
    () => inq({ epochsPerStep: 4 }),
    'INQScheduler: 2 steps need at least 4 epochs (epochsPerStep 4) and this training has 3.',
  ],
  [
    'masks that would be fixed after the end',
    () => surgery({ endStep: 5000 }),
    'SurgeryCallback: endStep 5000 lies beyond the',
  ],
  [
    'pruning that would begin after the end',
    () => surgery({ beginStep: 4000, endStep: 5000 }),
    'nothing would be pruned (a/kernel)',
  ],
  [
    'pruning that would begin too late',
    () => surgery({ beginStep: 2000 }),
    'beginStep 2000 leaves no steps to prune in',
  ],
  [
    'a phase beyond the end',
    () => surgery({ phases: [{ include: 'a', beginStep: 0, endStep: 9999 }] }),
    'SurgeryCallback: endStep 9999 lies beyond the',
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

  it('a model with nothing to compress', async () => {
    const model = tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [8] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await expect(model.fit(x, x, { epochs: 3, verbose: 0, callbacks: surgery() })).rejects.toThrow(
      'SurgeryCallback: nothing to compress: none of the selected layers',
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
      'This INQScheduler is in callbacks twice or in another fit that is running. Make a new one for each fit.',
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

  it('no model for the table', async () => {
    await expect(compressionTable(undefined as never)).rejects.toThrow('model: expected a tf.Sequential');
  });

  it('a fit of another copy of tfjs, which takes it for a plain object', async () => {
    const wrapped = new tfl.CustomCallback(inq() as never);
    await expect(wrapped.onTrainBegin()).rejects.toThrow(
      'Two copies of @tensorflow/tfjs-layers are loaded (fit takes the',
    );
  });

  it.each([INQScheduler, SurgeryCallback])('the class itself in place of a callback: %o', async (callback) => {
    const model = smallModel();
    await expect(model.fit(x, y, { epochs: 3, verbose: 0, callbacks: [callback as never] })).rejects.toThrow(
      "callbacks: expected what new made, such as new INQScheduler(), received 'a class'.",
    );
  });

  it('a loop of its own without begin(), and bad arguments of begin()', async () => {
    await expect(inq().step()).rejects.toThrow('INQScheduler: no model.');
    const model = smallModel();
    for (const [params, message] of [
      [undefined, 'begin: params: expected { epochs, stepsPerEpoch }, received undefined.'],
      [{ epochs: 3 }, 'begin: stepsPerEpoch: expected an integer ≥ 1, received undefined.'],
      [{ epochs: 0, stepsPerEpoch: 1 }, 'begin: epochs: expected an integer ≥ 1, received 0.'],
      [{ epochs: 3, stepsPerEpoch: 1, initialEpoch: 3 }, 'begin: initialEpoch: expected an integer from 0 to 2'],
      [{ epochs: 3, stepsPerEpoch: 1, initialEpochs: 2 }, "begin() has no option 'initialEpochs'."],
    ] as const) {
      await expect(inq().begin(model, params as never)).rejects.toThrow(message);
    }
  });

  it('a loop of its own that ends epochs without begin() or without step()', async () => {
    for (const callback of [inq(), surgery()]) {
      await expect(callback.endEpoch()).rejects.toThrow('no model.');
      const model = smallModel();
      await callback.begin(model, { epochs: 3, stepsPerEpoch: 1 });
      const message = 'endEpoch: expected step() before each optimizer step, received no call of it in this epoch.';
      await expect(callback.endEpoch()).rejects.toThrow(message);
      await callback.step();
      await callback.endEpoch();
      await expect(callback.endEpoch()).rejects.toThrow(message);
      await callback.end();
    }
  });

  it('SurgeryCallback beside an INQ run that has frozen weights already', async () => {
    const model = smallModel();
    const keep = { whenStopped: 'keep' };
    const stop = {
      onEpochEnd: async () => {
        model.stopTraining = true;
      },
    };
    const fit = (callbacks: object[]) => model.fit(x, y, { epochs: 6, verbose: 0, callbacks: callbacks as never });
    await fit([inq(keep), stop]);
    await expect(fit([surgery(keep), inq(keep)])).rejects.toThrow(
      'INQScheduler: the run that this model carries has taken 1 of 2 steps, and SurgeryCallback would prune what they froze.',
    );
    const { history } = await fit([inq(keep)]);
    expect(history.quantized.at(-1)).toBe(1);
  });

  it('both callbacks in fewer epochs than they need, and two of a kind for one kernel', async () => {
    const model = smallModel();
    const fit = (callbacks: tfl.CustomCallback[], epochs: number) => model.fit(x, y, { epochs, verbose: 0, callbacks });
    const three = [0.3, 0.6, 1];
    await expect(fit([inq({ steps: three }), surgery()], 2)).rejects.toThrow('expected at least 3');
    await expect(fit([surgery({ endStep: 5 }), inq({ steps: three, epochsPerStep: 2 })], 4)).rejects.toThrow(
      'after the 2 in which SurgeryCallback prunes',
    );
    await expect(fit([inq({ include: 'a' }), inq()], 4)).rejects.toThrow(
      'INQScheduler 2: another INQScheduler of this fit has a/kernel already.',
    );
    await expect(fit([surgery(), inq({ whenStopped: 'keep' })], 4)).rejects.toThrow('give both the same');
  });
});

describe('a fit that fails in the middle', () => {
  it('leaves a stock model as far as it came, and a later fit begins anew', async () => {
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
    expect(history.inq_step).toEqual([1, 2]);
    expect(model.getUserDefinedMetadata()).toBeUndefined();
  });
});
