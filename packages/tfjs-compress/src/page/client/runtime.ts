import type { loadModel } from '@tfjs-compress/runtime';
import type { PageInput } from '../PageConfig.js';

/** The runtime's script stands before ours in the page. */
declare const tfjsCompress: { loadModel: typeof loadModel };

/** Loads the model; what is returned predicts from one array an input, and gives one array an output. */
export async function openModel(
  bytes: Uint8Array,
  inputs: PageInput[],
): Promise<(values: Float32Array[]) => Float32Array[]> {
  const model = await tfjsCompress.loadModel(bytes);
  return (values) => {
    const named = inputs.map(({ name, shape }, i) => [name, { data: values[i], shape: shape ?? undefined }]);
    const prediction = model.predict<Float32Array | Record<string, Float32Array>>(Object.fromEntries(named));
    return prediction instanceof Float32Array ? [prediction] : model.outputs.map(({ name }) => prediction[name]);
  };
}
