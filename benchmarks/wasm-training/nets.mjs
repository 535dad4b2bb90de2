/**
 * The nets of the benchmark. Each has the shape of one example, the number of classes,
 * the batch, and a tfjs-layers model. `cpuBatch` is the batch for the cpu backend where
 * the real one would take minutes a step. torch_steps.py holds the same nets for PyTorch.
 */
export const nets = {
  'lenet-5': { input: [28, 28, 1], classes: 10, batch: 64, build: lenet5 },
  'lenet-300-100': { input: [784], classes: 10, batch: 64, build: lenet300 },
  'resnet-20': { input: [32, 32, 3], classes: 10, batch: 128, cpuBatch: 1, build: resnet20 },
  'mobilenet-0.25': { input: [96, 96, 3], classes: 10, batch: 64, cpuBatch: 2, build: mobilenet },
  lstm: { input: [80], vocabulary: 10000, classes: 2, batch: 64, cpuBatch: 2, build: lstm },
};

/** Caffe's LeNet-5. */
function lenet5({ sequential, layers }) {
  return sequential({
    layers: [
      layers.conv2d({ filters: 20, kernelSize: 5, inputShape: [28, 28, 1], ...seeded() }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 50, kernelSize: 5, ...seeded() }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 500, activation: 'relu', ...seeded() }),
      layers.dense({ units: 10, ...seeded() }),
    ],
  });
}

function lenet300({ sequential, layers }) {
  return sequential({
    layers: [
      layers.dense({ units: 300, activation: 'relu', inputShape: [784], ...seeded() }),
      layers.dense({ units: 100, activation: 'relu', ...seeded() }),
      layers.dense({ units: 10, ...seeded() }),
    ],
  });
}

/**
 * The CIFAR net of 19 convolutions (He and others, 2015), with a 1 × 1 convolution where
 * the shape changes.
 */
function resnet20({ input, model, layers }) {
  const normalized = (x, filters, strides) => {
    const conv = { filters, kernelSize: 3, strides, padding: 'same', useBias: false, ...seeded() };
    return layers.batchNormalization().apply(layers.conv2d(conv).apply(x));
  };
  const relu = (x) => layers.reLU().apply(x);
  const image = input({ shape: [32, 32, 3] });
  let x = relu(normalized(image, 16, 1));
  for (const filters of [16, 32, 64]) {
    for (let block = 0; block < 3; block++) {
      const strides = filters > 16 && block === 0 ? 2 : 1;
      const y = normalized(relu(normalized(x, filters, strides)), filters, 1);
      const projection = { filters, kernelSize: 1, strides, useBias: false, ...seeded() };
      x = relu(layers.add().apply([strides === 1 ? x : layers.conv2d(projection).apply(x), y]));
    }
  }
  const features = layers.globalAveragePooling2d({}).apply(x);
  return model({ inputs: image, outputs: layers.dense({ units: 10, ...seeded() }).apply(features) });
}

/** MobileNet v1 (Howard and others, 2017) with a quarter of its channels. */
function mobilenet({ input, model, layers }) {
  const activated = (x) => layers.reLU({ maxValue: 6 }).apply(layers.batchNormalization().apply(x));
  const options = { padding: 'same', useBias: false };
  const image = input({ shape: [96, 96, 3] });
  const stem = { filters: 8, kernelSize: 3, strides: 2, ...options, ...seeded() };
  let x = activated(layers.conv2d(stem).apply(image));
  const blocks = [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    ...Array(5).fill([128, 1]),
    [256, 2],
    [256, 1],
  ];
  for (const [filters, strides] of blocks) {
    const depthwiseInitializer = seeded().kernelInitializer;
    x = activated(layers.depthwiseConv2d({ kernelSize: 3, strides, ...options, depthwiseInitializer }).apply(x));
    x = activated(layers.conv2d({ filters, kernelSize: 1, ...options, ...seeded() }).apply(x));
  }
  const features = layers.globalAveragePooling2d({}).apply(x);
  return model({ inputs: image, outputs: layers.dense({ units: 10, ...seeded() }).apply(features) });
}

/** Words, embedded in 32 values each, through 64 LSTM units. */
function lstm({ sequential, layers, initializers }) {
  const recurrentInitializer = initializers.glorotUniform({ seed: 3 });
  const embeddingsInitializer = initializers.randomUniform({ minval: -0.05, maxval: 0.05, seed: 4 });
  return sequential({
    layers: [
      layers.embedding({ inputDim: 10000, outputDim: 32, inputLength: 80, embeddingsInitializer }),
      layers.lstm({ units: 64, recurrentInitializer, ...seeded() }),
      layers.dense({ units: 2, ...seeded() }),
    ],
  });
}

let initializers;
let seed = 0;

/** Gives seeded weights, so that training runs can be compared. */
function seeded() {
  seed += 1;
  return { kernelInitializer: initializers.glorotUniform({ seed }) };
}

/** A compiled model: momentum 0.9, softmax cross entropy. The same weights every time. */
export function buildNet(tf, name, learningRate = 0.01) {
  initializers = tf.initializers;
  seed = 0;
  const model = nets[name].build(tf);
  model.compile({
    optimizer: tf.train.momentum(learningRate, 0.9),
    loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
  });
  return model;
}

/**
 * Pseudorandom examples and their one-hot labels. Images are those of their class with
 * noise, texts take their words from their class's share of the vocabulary, so that there
 * is something to learn.
 */
export function makeBatch(tf, name, batch, batchSeed = 1) {
  const { input, classes, vocabulary } = nets[name];
  return tf.tidy(() => {
    const labels = tf.randomUniform([batch], 0, classes, 'int32', batchSeed);
    const y = tf.cast(tf.oneHot(labels, classes), 'float32');
    if (vocabulary) {
      const words = tf.randomUniform([batch, ...input], 0, vocabulary / classes, 'int32', batchSeed);
      return [tf.add(words, tf.mul(tf.reshape(labels, [batch, 1]), tf.scalar(vocabulary / classes, 'int32'))), y];
    }
    const ofClass = tf.gather(tf.randomNormal([classes, ...input], 0, 1, 'float32', 99), labels);
    return [tf.add(ofClass, tf.randomNormal([batch, ...input], 0, 0.5, 'float32', batchSeed)), y];
  });
}
