/**
 * The nets of the benchmark: tfjs-layers models. `zeros` is the fraction of zeros in the
 * kernels that `isPruned` selects (default: all), `batches` what is predicted at once.
 * Without a file of trained weights, the weights are pseudorandom: what is left of a
 * kernel is ± one of five powers of two, as INQ leaves it, in places that are drawn at
 * random.
 */
export const nets = {
  'lenet-300-100': { zeros: 0.95, batches: [1, 32], build: lenet300 },
  mlp: { zeros: 0.95, batches: [1, 32], build: mlp },
  'lenet-5': { zeros: 0.95, batches: [1, 32], build: lenet5 },
  lstm: { zeros: 0.9, batches: [1], build: lstm, vocabulary: 10000, isPruned: (name) => !name.endsWith('/embeddings') },
  ...Object.fromEntries(
    [0, 0.8, 0.9, 0.95].map((zeros) => [
      `mobilenet-${100 * zeros}`,
      { zeros, batches: [1], build: mobilenet, isPruned: isPointwise },
    ]),
  ),
  'efficientnet-lite0': {
    zeros: 0.9,
    batches: [1],
    folder: 'efficientnet',
    build: efficientnet,
    isPruned: isPointwise,
  },
  'lenet-300-100-real': { batches: [1, 32], file: 'pruned' },
  ...Object.fromEntries(
    pointwisePlanes().flatMap(({ size, channels, zeros, counts }) =>
      counts.map((count) => [
        `pointwise-${size}-${count}`,
        { zeros, batches: [], build: (tf) => pointwise(tf, size, channels, count) },
      ]),
    ),
  ),
};

/**
 * Of MobileNet v1's 1 × 1 convolutions: the sides of their planes and their channels; how
 * many of them in the two nets.
 */
export function pointwisePlanes() {
  return [
    { size: 28, channels: 256 },
    { size: 14, channels: 512 },
    { size: 7, channels: 1024 },
  ].map((plane) => ({ ...plane, zeros: 0.9, counts: [2, 6] }));
}

/**
 * Equal convolutions one after the other: two nets that differ in their number tell what
 * one takes.
 */
function pointwise({ sequential, layers }, size, channels, count) {
  const options = { filters: channels, kernelSize: 1, activation: 'relu', ...plain };
  const inputShape = [size, size, channels];
  return sequential({
    layers: Array.from({ length: count }, (_, i) => layers.conv2d({ ...options, ...(i === 0 && { inputShape }) })),
  });
}

function isPointwise(_, shape) {
  return shape.length === 4 && shape[0] === 1 && shape[1] === 1;
}

function lenet300({ sequential, layers }) {
  return sequential({
    layers: [
      layers.dense({ units: 300, activation: 'relu', inputShape: [784], ...plain }),
      layers.dense({ units: 100, activation: 'relu', ...plain }),
      layers.dense({ units: 10, activation: 'softmax', ...plain }),
    ],
  });
}

function mlp({ sequential, layers }) {
  const hidden = (options) => layers.dense({ units: 1024, activation: 'relu', ...plain, ...options });
  return sequential({ layers: [hidden({ inputShape: [1024] }), hidden(), hidden()] });
}

/** Caffe's LeNet-5. */
function lenet5({ sequential, layers }) {
  return sequential({
    layers: [
      layers.conv2d({ filters: 20, kernelSize: 5, inputShape: [28, 28, 1], ...plain }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 50, kernelSize: 5, ...plain }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 500, activation: 'relu', ...plain }),
      layers.dense({ units: 10, activation: 'softmax', ...plain }),
    ],
  });
}

/** 80 words, embedded in 64 values each, through 128 units. */
function lstm({ sequential, layers }) {
  const recurrent = { recurrentActivation: 'sigmoid', recurrentInitializer: 'zeros', ...plain };
  return sequential({
    layers: [
      layers.embedding({ inputDim: 10000, outputDim: 64, inputLength: 80, embeddingsInitializer: 'zeros' }),
      layers.lstm({ units: 128, ...recurrent }),
      layers.dense({ units: 2, activation: 'softmax', ...plain }),
    ],
  });
}

/**
 * MobileNet v1 (Howard and others, 2017), width 1, its batch normalizations folded. Where
 * the stride is 2 it pads explicitly on all sides, because only such convolutions take
 * XNNPACK's sparse path.
 */
function mobilenet({ sequential, layers }) {
  const relu6 = () => layers.reLU({ maxValue: 6 });
  const padding = (options) => layers.zeroPadding2d({ padding: 1, ...options });
  const stem = layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, ...plain });
  const all = [padding({ inputShape: [224, 224, 3] }), stem, relu6()];
  for (const [filters, strides] of blocks) {
    const depthwise = { kernelSize: 3, strides, padding: strides === 2 ? 'valid' : 'same' };
    if (strides === 2) all.push(padding());
    all.push(layers.depthwiseConv2d({ ...depthwise, depthwiseInitializer: 'zeros' }), relu6());
    all.push(layers.conv2d({ filters, kernelSize: 1, ...plain }), relu6());
  }
  all.push(layers.globalAveragePooling2d({}), layers.dense({ units: 1000, activation: 'softmax', ...plain }));
  return sequential({ layers: all });
}

const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array(5).fill([512, 1]),
  [1024, 2],
  [1024, 1],
];

/** EfficientNet-Lite0 (Tan and Le, 2019; TensorFlow's TPU models, 2020). */
function efficientnet({ input, model, layers }) {
  const normalized = (x) => layers.batchNormalization({ epsilon: 1e-3 }).apply(x);
  const activated = (x) => layers.reLU({ maxValue: 6 }).apply(normalized(x));
  const pointwise = (x, filters) => layers.conv2d({ filters, kernelSize: 1, useBias: false, ...plain }).apply(x);
  const padded = (x, kernelSize) => {
    const [before, after] = [(kernelSize - 3) / 2, (kernelSize - 1) / 2];
    return layers
      .zeroPadding2d({
        padding: [
          [before, after],
          [before, after],
        ],
      })
      .apply(x);
  };
  const image = input({ shape: [224, 224, 3] });
  const stem = layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, useBias: false, ...plain });
  let x = activated(stem.apply(padded(image, 3)));
  let channels = 32;
  for (const [repeats, kernelSize, firstStride, expansion, filters] of stages) {
    for (let i = 0; i < repeats; i++) {
      const strides = i === 0 ? firstStride : 1;
      const options = { kernelSize, strides, padding: strides === 2 ? 'valid' : 'same', useBias: false };
      let y = expansion === 1 ? x : activated(pointwise(x, expansion * channels));
      if (strides === 2) y = padded(y, kernelSize);
      y = activated(layers.depthwiseConv2d({ ...options, depthwiseInitializer: 'zeros' }).apply(y));
      y = normalized(pointwise(y, filters));
      x = i === 0 ? y : layers.add().apply([y, x]);
      channels = filters;
    }
  }
  const features = layers.globalAveragePooling2d({}).apply(activated(pointwise(x, 1280)));
  const classes = layers.dense({ units: 1000, activation: 'softmax', ...plain });
  return model({ inputs: image, outputs: classes.apply(features) });
}

/** Repeats, kernel size, stride of the first, expansion, filters. */
const stages = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
];

/** Every weight is set later; making them takes seconds otherwise. */
const plain = { kernelInitializer: 'zeros' };
