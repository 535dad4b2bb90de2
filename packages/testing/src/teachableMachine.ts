import {
  input,
  type LayersModel,
  layers,
  model,
  type Sequential,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';

/**
 * Expansion, channels at width 0.35, repetitions and stride of MobileNet v2's blocks
 * (Sandler et al., arXiv:1801.04381, table 2).
 */
const blocks = [
  [1, 8, 1, 1],
  [6, 8, 2, 2],
  [6, 16, 3, 2],
  [6, 24, 4, 2],
  [6, 32, 3, 1],
  [6, 56, 3, 2],
  [6, 112, 1, 1],
];

/**
 * A model of the form that Teachable Machine exports, with random weights: a Sequential
 * of two nested Sequentials, a MobileNet v2 of width 0.35 at 224×224 with global average
 * pooling, and a head of two dense layers for three classes; 538,608 parameters, 2.15 MB.
 */
export function teachableMachine(): Sequential {
  const head = sequential({
    name: 'head',
    layers: [
      layers.dense({ name: 'dense_Dense1', inputShape: [1280], units: 100, activation: 'relu' }),
      layers.dense({ name: 'dense_Dense2', units: 3, useBias: false, activation: 'softmax' }),
    ],
  });
  return sequential({
    layers: [sequential({ name: 'features', layers: [mobilenetV2(), layers.globalAveragePooling2d({})] }), head],
  });
}

function mobilenetV2(): LayersModel {
  const image = input({ shape: [224, 224, 3] });
  const normalized = (name: string, x: SymbolicTensor, isActivated = true): SymbolicTensor => {
    const y = layers.batchNormalization({ name: `${name}_BN`, momentum: 0.999, epsilon: 1e-3 }).apply(x);
    return (isActivated ? layers.reLU({ name: `${name}_relu`, maxValue: 6 }).apply(y) : y) as SymbolicTensor;
  };
  const convolution = (name: string, x: SymbolicTensor, filters: number, kernelSize: number, strides = 1) =>
    layers.conv2d({ name, filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x) as SymbolicTensor;
  let x = normalized('Conv1', convolution('Conv1', image, 16, 3, 2));
  let channels = 16;
  let index = 0;
  for (const [expansion, filters, repetitions, firstStride] of blocks) {
    for (let i = 0; i < repetitions; i++, index++) {
      const name = `block_${index}`;
      const strides = i === 0 ? firstStride : 1;
      const before = x;
      if (expansion > 1) x = normalized(`${name}_expand`, convolution(`${name}_expand`, x, expansion * channels, 1));
      const depthwise = { name: `${name}_depthwise`, kernelSize: 3, strides, padding: 'same' as const, useBias: false };
      x = normalized(`${name}_depthwise`, layers.depthwiseConv2d(depthwise).apply(x) as SymbolicTensor);
      x = normalized(`${name}_project`, convolution(`${name}_project`, x, filters, 1), false);
      if (strides === 1 && channels === filters)
        x = layers.add({ name: `${name}_add` }).apply([before, x]) as SymbolicTensor;
      channels = filters;
    }
  }
  return model({ name: 'mobilenetv2', inputs: image, outputs: normalized('out', convolution('Conv_1', x, 1280, 1)) });
}
