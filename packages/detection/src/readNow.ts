import * as tf from '@tensorflow/tfjs-core';

/**
 * The values of a tensor, read at once: tfjs calls layers and gradients synchronously, so
 * that neither can wait for data(). For what WebGPU computed it gives zeros then; what
 * was made of numbers, as the boxes are that detect() pools, it still has.
 *
 * @param what What needs them, for the message.
 * @throws Error on WebGPU for a tensor that was computed there.
 */
export function readNow(tensor: tf.Tensor, what: string): Float32Array {
  if (tf.getBackend() === 'webgpu' && !hasValues(tensor)) {
    throw new Error(
      `${what} cannot run on WebGPU, which has no synchronous reads: use WebGL, WASM or tfjs-node for it.`,
    );
  }
  return tensor.dataSync() as Float32Array;
}

/**
 * Whether the backend has a tensor's numbers in memory; tfjs has no question for that.
 */
function hasValues({ dataId }: tf.Tensor): boolean {
  const { tensorMap } = tf.backend() as unknown as {
    tensorMap?: { get(id: object): { values?: unknown } | undefined };
  };
  return Boolean(tensorMap?.get(dataId)?.values);
}
