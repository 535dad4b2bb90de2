import * as tf from '@tensorflow/tfjs';

/** 1 for each of the first `examples` that a classifier has right, else 0. */
export function rightOf(model, { xs, ys }, examples = xs.shape[0]) {
  return tf.tidy(() => {
    const [inputs, labels] = [xs, ys].map((each) => (examples < each.shape[0] ? tf.slice(each, 0, examples) : each));
    const output = model.predict(inputs, { batchSize: 500 });
    return tf.equal(tf.argMax(output, 1), tf.argMax(labels, 1)).dataSync();
  });
}

/** The share of right answers. */
export function accuracy(model, data) {
  const right = rightOf(model, data);
  return right.reduce((sum, each) => sum + each, 0) / right.length;
}
