import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { maskedDense } from '@tfjs-compress/layers';
import { countWeights, MemoryHandler, printedBy, smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BestWeights, INQScheduler, SurgeryCallback } from './index.js';

const fitArgs = { epochs: 6, batchSize: 16, shuffle: false, verbose: 0 as const };
let x: tf.Tensor;
let y: tf.Tensor;

beforeAll(() => {
  ({ x, y } = smallProblem());
});
afterAll(() => tf.dispose([x, y]));

const targetSparsity = 0.6;
const inq = (args = {}) => new INQScheduler({ steps: [0.5, 0.75, 1], verbose: 0, ...args });
const surgery = (args = {}) => new SurgeryCallback({ targetSparsity, verbose: 0, ...args });
const plans: Record<string, (args?: object) => tfl.CustomCallback[]> = {
  INQ: (args) => [inq(args)],
  surgery: (args) => [surgery(args)],
  both: (args) => [inq(args), surgery(args)],
};
const compile = (model: tfl.LayersModel) =>
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

/** What a plan asks for is there, in every kernel. */
function expectDone(model: tfl.LayersModel, plan: string): void {
  for (const [path, { levels, zeros, weights }] of countWeights(model)) {
    if (plan !== 'surgery') expect(levels, path).toBe(weights);
    if (plan !== 'INQ') expect(zeros, path).toBeGreaterThanOrEqual(targetSparsity * weights - 1);
    if (plan === 'surgery') expect(zeros, path).toBeLessThanOrEqual(targetSparsity * weights + 1);
  }
}

describe.each(Object.entries(plans))('%s', (plan, make) => {
  it('is done when training stops before it has begun', async () => {
    for (const hook of ['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd']) {
      const model = smallModel();
      const stop = async () => {
        model.stopTraining = true;
      };
      await model.fit(x, y, { ...fitArgs, callbacks: [...make(), new tfl.CustomCallback({ [hook]: stop })] });
      expectDone(model, plan);
      model.dispose();
    }
  });

  it('is done when earlyStopping stops the fit', async () => {
    const model = smallModel();
    const early = tfl.callbacks.earlyStopping({ monitor: 'val_loss', patience: 0, minDelta: 10 });
    const { epoch } = await model.fit(x, y, {
      ...fitArgs,
      epochs: 20,
      validationSplit: 0.25,
      callbacks: [early, ...make()] as never,
    });
    expect(epoch.length).toBeLessThan(20);
    expectDone(model, plan);
    model.dispose();
  });

  it('is done when a dataset runs out before its last epoch', async () => {
    const model = smallModel();
    const iterator = async () => {
      let count = 0;
      const value = () => ({ xs: tf.slice(x, [0], [16]), ys: tf.slice(y, [0], [16]) });
      return { next: async () => (count++ < 15 ? { done: false, value: value() } : { done: true, value: null }) };
    };
    const args = { epochs: 6, batchesPerEpoch: 6, verbose: 0, callbacks: make() };
    await printedBy(async () => void (await model.fitDataset({ size: 6, iterator } as never, args as never)));
    expectDone(model, plan);
    model.dispose();
  });

  it('is done in kernels of one weight and of a few', async () => {
    const { dense } = tfl.layers;
    const small = [
      dense({ units: 1, inputShape: [8] }),
      dense({ units: 1 }),
      dense({ units: 3, activation: 'softmax' }),
    ];
    const model = tfl.sequential({ layers: small });
    compile(model);
    const { history } = await model.fit(x, y, { ...fitArgs, callbacks: make() });
    expectDone(model, plan);
    if (plan !== 'surgery') expect(history.quantized.at(-1)).toBe(1);
    model.dispose();
  });

  it('is done in a layer that is used twice and in another model, too', async () => {
    const input = tfl.input({ shape: [8] });
    const twice = tfl.layers.dense({ units: 8, name: 'twice' });
    const head = tfl.layers.dense({ units: 3, activation: 'softmax' });
    const once = twice.apply(input) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: input, outputs: head.apply(twice.apply(once)) as tfl.SymbolicTensor });
    const other = tfl.model({ inputs: input, outputs: once });
    compile(model);
    const outputs = (each: tfl.LayersModel) => tf.tidy(() => [...(each.predict(x) as tf.Tensor).dataSync()]);
    const saveOther = {
      onEpochEnd: async () => {
        const file = new MemoryHandler();
        await other.save(file);
        expect(outputs(await tfl.loadLayersModel(file))).toEqual(outputs(other));
      },
    };
    await model.fit(x, y, { ...fitArgs, callbacks: [...make(), saveOther] as never });
    expectDone(model, plan);
  });

  it('is done by one instance in two fits of two models, alone in `callbacks` and not in an array', async () => {
    const [first] = make();
    for (const model of [smallModel(), smallModel()]) {
      for (let i = 0; i < 2; i++) {
        await model.fit(x, y, { ...fitArgs, callbacks: first });
        expectDone(model, first instanceof INQScheduler ? 'INQ' : 'surgery');
      }
    }
  });

  it('is done the same in six fits of an epoch each, every one in a loaded model', async () => {
    const keep = () => make({ whenStopped: 'keep' });
    const whole = smallModel();
    await whole.fit(x, y, { ...fitArgs, callbacks: keep() });
    let model: tfl.LayersModel = smallModel();
    for (let initialEpoch = 0; initialEpoch < 6; initialEpoch++) {
      const running = model;
      const stop = new tfl.CustomCallback({
        onEpochEnd: () => {
          running.stopTraining = true;
        },
      });
      await model.fit(x, y, { ...fitArgs, initialEpoch, callbacks: [...keep(), stop] });
      const file = new MemoryHandler();
      await model.save(file, { includeOptimizer: true });
      model = await tfl.loadLayersModel(file);
    }
    expect(weightsOf(model)).toEqual(weightsOf(whole));
    expectDone(model, plan);
  });

  it('prints nothing with verbose 0, and else tells the figures of the logs', async () => {
    const quiet = await printedBy(async () => {
      await smallModel().fit(x, y, { ...fitArgs, callbacks: make({ verbose: 0 }) });
    });
    expect(quiet).toBe('');
    let history: Record<string, number[]> = {};
    const loud = await printedBy(async () => {
      const result = await smallModel().fit(x, y, { ...fitArgs, callbacks: make({ verbose: 1 }) });
      history = result.history as never;
    });
    const words = { quantized: 'quantized', sparsity: 'sparse' };
    for (const [key, word] of Object.entries(words)) {
      if (!history[key]) continue;
      const told = [...loud.matchAll(new RegExp(`epoch .*?([\\d.]+)% ${word}`, 'g'))].map(([, figure]) =>
        Number(figure),
      );
      expect(told).toEqual(history[key].map((value) => Number((100 * value).toFixed(1))));
    }
  });
});

it('says that a fit has no epoch left to train, and leaves the model as it is', async () => {
  const model = smallModel();
  const before = weightsOf(model);
  const printed = await printedBy(async () => {
    await model.fit(x, y, { ...fitArgs, initialEpoch: 6, callbacks: plans.both() });
  });
  expect(printed).toContain(
    'INQScheduler, SurgeryCallback: this fit trains nothing, because initialEpoch (6) is not below epochs (6)',
  );
  expect(weightsOf(model)).toEqual(before);
  const next = await printedBy(async () => {
    const { history } = await model.fit(x, y, { ...fitArgs, epochs: 12, initialEpoch: 6, callbacks: plans.both() });
    // Not 'sparsity_2': the callbacks of the fit before have left the model.
    expect(Object.keys(history)).toContain('sparsity');
    expect(Object.keys(history)).not.toContain('sparsity_2');
  });
  expect(next).not.toContain('trains nothing');
  expectDone(model, 'both');
  model.dispose();
});

it('trains two models at once as one after the other', async () => {
  const make = () => [inq(), surgery()];
  const fresh = () => [smallModel(), smallModel('sgd')];
  const inTurn = fresh();
  for (const [i, model] of inTurn.entries()) await model.fit(x, y, { ...fitArgs, callbacks: make()[i] });
  const atOnce = fresh();
  const fits = atOnce.map((model, i) => {
    const save = { onEpochEnd: async () => void (await model.save(new MemoryHandler())) };
    return model.fit(x, y, { ...fitArgs, callbacks: [make()[i], save] as never });
  });
  await Promise.all(fits);
  expect(atOnce.map(weightsOf)).toEqual(inTurn.map(weightsOf));
});

it('does not wait for surgery on other kernels', async () => {
  const model = smallModel();
  const { history } = await model.fit(x, y, {
    ...fitArgs,
    callbacks: [surgery({ include: 'a' }), inq({ include: 'b' })],
  });
  const [a, b] = [...countWeights(model).values()];
  expect(Math.abs(a.zeros - targetSparsity * a.weights)).toBeLessThanOrEqual(1);
  expect(b.levels).toBe(b.weights);
  expect(history.inq_step[0]).toBe(1);
  expect(history.quantized.at(-1)).toBe(1);
  model.dispose();
});

it.each([2, 3, 4, 5, 6, 7, 8])('has default steps for %i bits', async (bits) => {
  const model = smallModel();
  await model.fit(x, y, { ...fitArgs, epochs: 12, callbacks: new INQScheduler({ bits, verbose: 0 }) });
  expectDone(model, 'INQ');
  for (const { distinct } of countWeights(model).values()) expect(distinct).toBeLessThanOrEqual(2 ** (bits - 1));
  model.dispose();
});

it('quantizes in a fit of one batch, before its validation', async () => {
  const model = smallModel();
  const args = { epochs: 1, batchSize: 96, verbose: 0 as const, validationData: [x, y] as [tf.Tensor, tf.Tensor] };
  const { history } = await model.fit(x, y, { ...args, callbacks: inq({ steps: [1] }) });
  expectDone(model, 'INQ');
  expect(history.quantized).toEqual([1]);
  const [loss] = model.evaluate(x, y, { batchSize: 96 }) as tf.Scalar[];
  expect(loss.dataSync()[0]).toBeCloseTo(history.val_loss[0] as number, 5);
  model.dispose();
});

it('names a stock layer that is left out because there are layers of ours', async () => {
  for (const make of [inq, surgery]) {
    const layers = [
      maskedDense({ units: 8, inputShape: [8], name: 'ours' }),
      tfl.layers.dense({ units: 3, name: 'theirs' }),
    ];
    const model = tfl.sequential({ layers: layers as tfl.layers.Layer[] });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const printed = await printedBy(async () => {
      await model.fit(x, y, { ...fitArgs, callbacks: make({ verbose: 1 }) });
    });
    expect(printed).toMatch(/left out.*theirs|theirs.*left out/);
    model.dispose();
  }
});

it('leaves levels that setting weights does not change, whatever the constraint', async () => {
  const constraints = [
    tfl.constraints.unitNorm({}),
    tfl.constraints.maxNorm({ maxValue: 0.5 }),
    tfl.constraints.nonNeg(),
  ];
  for (const kernelConstraint of constraints) {
    const { dense } = tfl.layers;
    const model = tfl.sequential({
      layers: [dense({ units: 8, inputShape: [8], kernelConstraint }), dense({ units: 3, kernelConstraint })],
    });
    compile(model);
    await model.fit(x, y, { ...fitArgs, callbacks: inq() });
    model.setWeights(model.getWeights());
    expectDone(model, 'INQ');
    model.dispose();
  }
});

it('calls others that say a priority between ours, in whatever order they are given', async () => {
  const model = smallModel();
  const seen: unknown[] = [];
  const look = (name: string) => async (_: number, logs?: tfl.Logs) => {
    seen.push([name, logs?.quantized, logs?.figure]);
    if (logs) logs.figure = 7;
  };
  const between = Object.assign(new tfl.CustomCallback({ onEpochEnd: look('between') }), { priority: 1.5 });
  const best = new BestWeights({ monitor: 'figure', mode: 'max', verbose: 0 });
  const callbacks = [best, new tfl.CustomCallback({ onEpochEnd: look('behind') }), between, inq({ steps: [1] })];
  await model.fit(x, y, { ...fitArgs, epochs: 1, callbacks });
  expect(seen).toEqual([
    ['between', 1, undefined],
    ['behind', 1, 7],
  ]);
  model.dispose();
});

it('refuses a layer that another model trains at the same time, and takes it afterwards', async () => {
  const shared = tfl.layers.dense({ units: 8, inputShape: x.shape.slice(1) });
  const models = [0, 1].map(() => {
    const input = tfl.input({ shape: x.shape.slice(1) });
    const head = tfl.layers.dense({ units: y.shape[1]!, activation: 'softmax' });
    return tfl.model({ inputs: input, outputs: head.apply(shared.apply(input)) as tfl.SymbolicTensor });
  });
  for (const model of models) compile(model);
  // Which of them is first, nobody says.
  const results = await Promise.allSettled(
    models.map((model) => model.fit(x, y, { ...fitArgs, callbacks: plans.both() })),
  );
  const refused = results.findIndex(({ status }) => status === 'rejected');
  expect((results[refused] as PromiseRejectedResult).reason.message).toMatch(
    /kernel is in another model's fit that is running\./,
  );
  expect(results[1 - refused].status).toBe('fulfilled');
  expectDone(models[1 - refused], 'both');
  await models[refused].fit(x, y, { ...fitArgs, callbacks: plans.both() });
  expectDone(models[refused], 'both');
  for (const model of models) model.optimizer.dispose();
});
