/**
 * One net on one backend: prints the milliseconds of processor time of a step, in rounds
 * in which all variants take turns, as JSON.
 */
import * as tf from '@tensorflow/tfjs';
import { startBackend } from '@tfjs-compress/example-tools';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';

const [net, rounds] = [process.argv[2], Number(process.argv[3])];
const batchSize = 64;
/**
 * Surgery prunes for 8 of 10 epochs of MNIST, as by default: 100 looks at the masks in
 * 7,500 steps, one in each round.
 */
const endStep = 7500;
const stepsPerEpoch = endStep / 100;
const { layers } = tf;

const nets = {
  'lenet-300-100': {
    shape: [784],
    layers: () => [
      layers.dense({ units: 300, activation: 'relu', inputShape: [784] }),
      layers.dense({ units: 100, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  },
  'lenet-5': {
    shape: [28, 28, 1],
    layers: () => [
      layers.conv2d({ filters: 20, kernelSize: 5, inputShape: [28, 28, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 50, kernelSize: 5 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 500, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  },
};

await startBackend();
const [xs, ys] = tf.tidy(() => {
  const all = toTensors(loadMnist().train);
  const count = batchSize * stepsPerEpoch;
  const images = tf.reshape(tf.slice(all.xs, 0, count), [count, ...nets[net].shape]);
  return [images, tf.slice(all.ys, 0, count)];
});

const build = () => {
  const model = tf.sequential({ layers: nets[net].layers() });
  model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'categoricalCrossentropy' });
  return model;
};
// All begin with the weights of one that knows its digits: where half of a net's units
// are dead, which happens when untrained weights are pruned, their momentum turns into
// denormal numbers, which cost more than what is measured here.
const trained = build();
await trained.fit(xs, ys, { epochs: 5, batchSize, verbose: 0 });

/** A fit that is held open: each round lets it run one epoch, while the others wait. */
class Variant {
  times = [];
  constructor(callbacks) {
    const model = build();
    tf.tidy(() => model.setWeights(trained.getWeights()));
    let began;
    const gate = new tf.CustomCallback({
      onEpochBegin: async () => {
        await this.turn();
        began = process.cpuUsage();
      },
      onEpochEnd: () => {
        const { user, system } = process.cpuUsage(began);
        this.times.push((user + system) / 1e3 / stepsPerEpoch);
        this.done();
      },
    });
    const config = { epochs: rounds + 2, batchSize, verbose: 0, shuffle: false, yieldEvery: 'never' };
    this.fit = model.fit(xs, ys, { ...config, callbacks: [...callbacks, gate] });
  }
  /**
   * Whichever comes first, the fit that waits for its turn or the round that gives it.
   */
  turn() {
    return new Promise((resolve) => {
      this.go = resolve;
      this.arrived?.();
    });
  }
  async round() {
    if (!this.go) await new Promise((resolve) => (this.arrived = resolve));
    const ended = new Promise((resolve) => {
      this.done = resolve;
    });
    const { go } = this;
    this.go = undefined;
    go();
    await ended;
  }
}

/**
 * About what masking cannot do without: one elementwise product over each kernel, at each
 * step.
 */
function productsOnly() {
  const masks = new Map();
  let model;
  const callback = new tf.CustomCallback({
    onBatchBegin: () =>
      tf.tidy(() => {
        for (const { kernel } of model.layers) {
          if (!kernel) continue;
          if (!masks.has(kernel)) masks.set(kernel, tf.keep(tf.onesLike(kernel.read())));
          tf.mul(kernel.read(), masks.get(kernel));
        }
      }),
  });
  callback.setModel = (given) => {
    model = given;
  };
  return callback;
}

// The plans are longer than what is measured.
const quiet = { verbose: 0, whenStopped: 'keep' };
const variants = {
  stock: new Variant([]),
  productsOnly: new Variant([productsOnly()]),
  // In the middle of the run: masks on, or half of the weights frozen, as most steps are.
  surgeryTarget: new Variant([new SurgeryCallback({ targetSparsity: 0.9, endStep, ...quiet })]),
  surgeryRate: new Variant([new SurgeryCallback({ rate: 0.5, endStep, ...quiet })]),
  surgeryRateEvery10: new Variant([new SurgeryCallback({ rate: 0.5, frequency: 10, endStep, ...quiet })]),
  surgeryDone: new Variant([new SurgeryCallback({ targetSparsity: 0.9, endStep: 1, ...quiet })]),
  inq: new Variant([new INQScheduler({ steps: [0.5, 1], ...quiet })]),
};
for (let round = 0; round < rounds + 2; round++) {
  for (const variant of Object.values(variants)) await variant.round();
}
// The first rounds warm up.
console.log(
  JSON.stringify(Object.fromEntries(Object.entries(variants).map(([name, { times }]) => [name, times.slice(2)]))),
);
process.exit(0);
