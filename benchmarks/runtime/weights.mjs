/** Weights for a net: pseudorandom ones, or trained ones pruned by magnitude. */

/** Uniform in [0, 1), the same for the same seed (Marsaglia's xorshift). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Sets all weights of a model. Kernels have exactly the fraction `zeros` of zeros where
 * isPruned(name, shape) says so, and a size that keeps the variance of activations (He
 * and others, 2015); the last one of 1,000 classes is three times as large, so that a few
 * of a softmax stand out, as in a trained net.
 */
export function setRandomWeights(tf, model, { zeros, isPruned = () => true }) {
  const random = seeded(12345);
  const last = model.layers.at(-1);
  for (const layer of model.layers) {
    const values = layer.weights.map(({ name, shape }) => {
      if (/moving_variance|gamma/.test(name)) return tf.ones(shape);
      if (shape.length < 2)
        return tf.tensor(
          Array.from({ length: shape[0] }, () => 0.1 * random() - 0.05),
          shape,
        );
      const fraction = isPruned(name, shape) ? zeros : 0;
      return tf.tensor(powersOfTwo(shape, fraction, gain(name, shape, layer === last), random), shape);
    });
    if (values.length > 0) layer.setWeights(values);
    for (const value of values) value.dispose();
  }
}

function gain(name, shape, isLast) {
  if (name.endsWith('/embeddings')) return 1;
  const isDepthwise = /depthwise/.test(name);
  const inputs = shape.slice(0, isDepthwise ? 2 : -1).reduce((a, b) => a * b, 1);
  const spread = isLast ? Math.max(1, Math.log10(shape.at(-1))) : 1;
  return (spread * Math.SQRT2) / Math.sqrt(inputs);
}

/**
 * ± 2^k, k of five neighbors, about the size `size` in the root mean square, zeros
 * included.
 */
function powersOfTwo(shape, zeros, size, random) {
  const length = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(length);
  const rest = Math.round((1 - zeros) * length);
  const scale = 2 ** Math.round(Math.log2((size * Math.sqrt(length / rest)) / meanSize));
  // Each weight is kept with the probability that leaves the right number in the end.
  for (let i = 0, left = rest; i < length; i++) {
    if (random() * (length - i) >= left) continue;
    left -= 1;
    values[i] = (random() < 0.5 ? -1 : 1) * scale * 2 ** -Math.floor(5 * random());
  }
  return values;
}

/** The root mean square of 2^0 … 2^-4. */
const meanSize = Math.sqrt([0, 1, 2, 3, 4].reduce((sum, k) => sum + 4 ** -k, 0) / 5);

/** Sets the smallest weights of each kernel that isPruned(name, shape) selects to 0. */
export function pruneByMagnitude(tf, model, { zeros, isPruned }) {
  for (const layer of model.layers) {
    const kept = layer.getWeights().map((value, i) => {
      const { name, shape } = layer.weights[i];
      if (shape.length < 2 || !isPruned(name, shape)) return tf.clone(value);
      const values = value.dataSync().slice();
      const order = [...values.keys()].sort((a, b) => Math.abs(values[a]) - Math.abs(values[b]));
      for (const at of order.slice(0, Math.round(zeros * values.length))) values[at] = 0;
      return tf.tensor(values, shape);
    });
    if (kept.length > 0) layer.setWeights(kept);
    for (const value of kept) value.dispose();
  }
}

/**
 * Inputs of a batch: word numbers below `vocabulary`, else values uniform in [0, 1). None
 * is 0, so nothing can be skipped.
 */
export function makeInput(shape, vocabulary, seed = 99) {
  const random = seeded(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length }, () => (vocabulary ? Math.floor(vocabulary * random()) : random()));
}
