import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * tfjs on the backend of a column: wasm-training (with this package's kernels), wasm,
 * tfjs-node or cpu.
 */
export async function start(column) {
  if (column === 'tfjs-node') return require('@tensorflow/tfjs-node');
  const tf = require('@tensorflow/tfjs');
  if (column === 'cpu') {
    await tf.setBackend('cpu');
    return tf;
  }
  require('@tensorflow/tfjs-backend-wasm');
  if (column === 'wasm-training') require('@tfjs-compress/wasm-training').registerTrainingKernels();
  await tf.setBackend('wasm');
  return tf;
}
