import { loadModel } from '@tfjs-compress/runtime';

/** The outputs for two inputs: sin(0), sin(1), … */
export async function predict(source) {
  const model = await loadModel(source);
  const size = model.inputs[0].shape.reduce((product, n) => product * (n ?? 1), 1);
  const outputs = [...model.predict(Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i)))];
  model.dispose();
  return outputs;
}
