import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

type T = tfl.SymbolicTensor;
const { layers } = tfl;

/** Whole numbers below a limit, the same for the same seed. */
function chooser(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const activations = 'linear relu relu6 sigmoid tanh elu selu softplus softsign hardSigmoid swish'.split(
  ' ',
) as 'relu'[];

/** A model of layers of all kinds that images go through, drawn by a seed. */
export function randomModel(seed: number): tfl.LayersModel {
  const choose = chooser(seed);
  const some = <A>(...values: A[]): A => values[choose(values.length)];
  const activation = () => activations[choose(activations.length)];
  const useBias = () => choose(3) > 0;
  const filters = () => 1 + choose(5);
  const apply = (layer: tfl.layers.Layer, ...from: T[]) => layer.apply(from.length === 1 ? from[0] : from) as T;
  const padding = () => some('same', 'valid') as 'same' | 'valid';
  const channels = (x: T) => x.shape.at(-1)!;
  const isTall = (x: T) => x.shape[1]! > 2 && x.shape[2]! > 2;

  const conv = (x: T, args = {}) =>
    apply(
      layers.conv2d({
        filters: filters(),
        kernelSize: isTall(x) ? 1 + choose(3) : 1,
        strides: 1 + choose(2),
        padding: padding(),
        activation: activation(),
        useBias: useBias(),
        ...args,
      }),
      x,
    );
  const like = (x: T) => conv(x, { filters: channels(x), strides: 1, padding: 'same' });
  const anywhere: ((x: T) => T)[] = [
    (x) => apply(layers.batchNormalization({ scale: choose(2) > 0, center: choose(2) > 0 }), x),
    (x) => apply(layers.activation({ activation: activation() }), x),
    (x) => apply(some<any>(layers.reLU(), layers.leakyReLU(), layers.elu(), layers.thresholdedReLU()), x),
    (x) => apply(layers.prelu(x.shape.length === 4 && choose(2) ? { sharedAxes: [1, 2] } : {}), x),
    (x) => apply(layers.dense({ units: filters(), activation: activation(), useBias: useBias() }), x),
    (x) => apply(layers.dropout({ rate: 0.5 }), x),
  ];
  const spatial: ((x: T) => T)[] = [
    ...anywhere,
    conv,
    conv,
    (x) =>
      apply(
        layers.depthwiseConv2d({
          kernelSize: isTall(x) ? 1 + choose(3) : 1,
          depthMultiplier: 1 + choose(2),
          padding: padding(),
          activation: activation(),
          useBias: useBias(),
        }),
        x,
      ),
    (x) =>
      apply(
        layers.separableConv2d({
          filters: filters(),
          kernelSize: isTall(x) ? 2 : 1,
          depthMultiplier: 1 + choose(2),
          padding: padding(),
          useBias: useBias(),
        }),
        x,
      ),
    (x) =>
      x.shape[1]! < 8
        ? apply(
            layers.conv2dTranspose({
              filters: filters(),
              kernelSize: 1 + choose(3),
              strides: 1 + choose(2),
              padding: padding(),
            }),
            x,
          )
        : x,
    (x) => (isTall(x) ? apply(some<any>(layers.maxPooling2d, layers.averagePooling2d)({ padding: padding() }), x) : x),
    (x) =>
      x.shape[1]! < 8
        ? apply(
            layers.zeroPadding2d({
              padding: [
                [1, 0],
                [0, 1],
              ],
            }),
            x,
          )
        : x,
    (x) =>
      isTall(x)
        ? apply(
            layers.cropping2D({
              cropping: [
                [1, 0],
                [0, 1],
              ],
            }),
            x,
          )
        : x,
    (x) => (x.shape[1]! < 5 ? apply(layers.upSampling2d({}), x) : x),
    (x) => apply(some<any>(layers.add, layers.multiply, layers.average, layers.maximum, layers.minimum)(), x, like(x)),
    (x) => apply(layers.concatenate(), x, like(x)),
    (x) => apply(layers.concatenate({ axis: 1 }), x, like(x)),
    (x) => {
      const gate = apply(
        layers.dense({ units: channels(x), activation: 'sigmoid' }),
        apply(layers.globalAveragePooling2d({}), x),
      );
      return apply(layers.multiply(), x, apply(layers.reshape({ targetShape: [1, 1, channels(x)] }), gate));
    },
    (x) => {
      const shared = layers.conv2d({ filters: channels(x), kernelSize: 1, activation: activation() });
      return apply(layers.add(), apply(shared, apply(shared, x)), like(x));
    },
    (x) => apply(layers.reshape({ targetShape: [x.shape[2]!, x.shape[1]!, channels(x)] }), x),
  ];
  const flat: ((x: T) => T)[] = [
    ...anywhere,
    anywhere[4],
    (x) => apply(layers.add(), x, apply(layers.dense({ units: channels(x) }), x)),
    (x) => apply(layers.concatenate(), x, apply(layers.dense({ units: filters() }), x)),
    (x) => {
      const steps = apply(layers.repeatVector({ n: 3 }), x);
      const dense = layers.timeDistributed({ layer: layers.dense({ units: filters(), activation: activation() }) });
      const recurrent = some<any>(layers.lstm, layers.gru, layers.simpleRNN)({ units: 3 });
      const read = some(recurrent, layers.bidirectional({ layer: recurrent, mergeMode: 'concat' }));
      return apply(read, apply(dense, steps));
    },
    (x) => {
      const rows = apply(layers.reshape({ targetShape: [channels(x), 1] }), x);
      const conv1d = layers.conv1d({ filters: filters(), kernelSize: 1 + choose(2), padding: 'same' });
      return apply(layers.flatten(), apply(conv1d, rows));
    },
  ];

  const input = tfl.input({ shape: [5, 4, 3] });
  let x = conv(input);
  for (let i = 2 + choose(6); i > 0; i--) x = spatial[choose(spatial.length)](x);
  const side = choose(4) === 0 ? [apply(layers.globalMaxPooling2d({}), x)] : [];
  x = apply(choose(3) > 0 ? layers.flatten() : layers.globalAveragePooling2d({}), x);
  for (let i = 1 + choose(4); i > 0; i--) x = flat[choose(flat.length)](x);
  const last = apply(layers.dense({ units: 3, activation: some('linear', 'softmax') }), x);
  return tfl.model({ inputs: input, outputs: [last, ...side] });
}

/**
 * Random weights, some of whose inputs and outputs have none: a fraction of the units of
 * each kernel.
 */
export function killUnits(model: tfl.LayersModel, seed: number, fraction = 0.4): void {
  const choose = chooser(seed);
  const isDead = () => choose(1000) < 1000 * fraction;
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    const size = shape.reduce((product, each) => product * each, 1);
    const [rows, columns] = shape.slice(-2);
    const deadRows = Array.from({ length: rows }, isDead);
    const deadColumns = Array.from({ length: columns ?? rows }, isDead);
    const isKernel = /kernel$/.test(weight.originalName);
    const isVariance = /variance$/.test(weight.originalName);
    const keepsAll = choose(3) === 0;
    const values = Float32Array.from({ length: size }, (_, i) => {
      const value = choose(2001) / 1000 - 1;
      if (isVariance) return 0.2 + Math.abs(value);
      if (keepsAll) return value;
      if (!isKernel) return deadColumns[i % deadColumns.length] ? 0 : value;
      return deadColumns[i % columns] || deadRows[Math.floor(i / columns) % rows] ? 0 : value;
    });
    weight.write(tf.tensor(values, shape));
  }
}
