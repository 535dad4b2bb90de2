/** A small net with a convolution, and points of three classes to train it on. */
export function smallModel(tf) {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [6, 6, 1],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: init(tf, 1),
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 8, activation: 'relu', kernelInitializer: init(tf, 2) }),
      tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: init(tf, 3) }),
    ],
  });
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

function init(tf, seed) {
  return tf.initializers.glorotUniform({ seed });
}

/** 96 images: class k has its bright band in rows 2k and 2k + 1. */
export function data(tf) {
  const labels = Array.from({ length: 96 }, (_, i) => i % 3);
  const noise = tf.randomUniform([96, 6, 6, 1], 0, 0.5, 'float32', 7);
  const bands = labels.map((label) => Array.from({ length: 6 }, (_, row) => Number(row >> 1 === label)));
  const xs = tf.add(noise, tf.reshape(tf.tensor2d(bands), [96, 6, 1, 1]));
  return { xs, ys: tf.oneHot(tf.tensor1d(labels, 'int32'), 3) };
}

/**
 * How many kernel weights there are, and those that are neither 0 nor a power of two (the
 * first few).
 */
export function checkQuantized(model) {
  const isLevel = (weight) => weight === 0 || 2 ** Math.round(Math.log2(Math.abs(weight))) === Math.abs(weight);
  const kernels = model.weights.filter((weight) => weight.name.endsWith('kernel'));
  const values = kernels.flatMap((kernel) => [...kernel.read().dataSync()]);
  return {
    kernels: kernels.length,
    weights: values.length,
    wrong: values.filter((value) => !isLevel(value)).slice(0, 5),
  };
}
