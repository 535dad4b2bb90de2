import { codebookOf, FREE, PRUNED, pruneToSparsity, roundToPowerOfTwo } from '@tfjs-compress/math';

const kernel = /(kernel|embeddings)$/;

/**
 * Artifacts whose kernels are rounded or pruned without examples, each weight by itself.
 */
export function plainly(artifacts, goal) {
  const weightData = artifacts.weightData.slice(0);
  let at = 0;
  for (const { name, shape, dtype, quantization } of artifacts.weightSpecs) {
    if (dtype !== 'float32' || quantization) throw new Error(`${name}: expected float32.`);
    const size = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(weightData, at, size);
    if (kernel.test(name)) values.set(changed(values.slice(), channelsOf(name, shape), goal));
    at += 4 * size;
  }
  return { ...artifacts, weightData };
}

function channelsOf(name, shape) {
  return /depthwise_kernel$/.test(name) ? shape.at(-1) * shape.at(-2) : shape.at(-1);
}

function changed(values, channels, { bits, levels, targetSparsity }) {
  if (targetSparsity) {
    const states = new Uint8Array(values.length).fill(FREE);
    pruneToSparsity(values, states, targetSparsity);
    return values.map((value, i) => (states[i] === PRUNED ? 0 : value));
  }
  if (levels !== 'uniform') return roundToPowerOfTwo(values, codebookOf(values, bits));
  // As post-training quantization does: a scale for each output channel.
  const largest = new Float64Array(channels);
  for (const [i, value] of values.entries()) largest[i % channels] = Math.max(largest[i % channels], Math.abs(value));
  const top = 2 ** (bits - 1) - 1;
  return values.map((value, i) => {
    const scale = largest[i % channels] / top;
    return scale > 0 ? Math.round(value / scale) * scale : 0;
  });
}
