import type { loadModel } from '@tfjs-compress/runtime';
import type { FrozenPlan, PageInput } from '../PageConfig.js';

/**
 * Predicts from one array an input; gives one array an output, which may be used until
 * the next prediction.
 */
export type Predict = (values: Float32Array[]) => Float32Array[];

/** The script of the runtime stands before ours in the page, if it is there. */
declare const tfjsCompress: { loadModel: typeof loadModel };

/** A compressed file, by the runtime. */
export async function openFile(file: Uint8Array, inputs: PageInput[]): Promise<Predict> {
  const model = await tfjsCompress.loadModel(file);
  return (values) => {
    const named = inputs.map(({ name, shape }, i) => [name, { data: values[i], shape: shape ?? undefined }]);
    const prediction = model.predict<Float32Array | Record<string, Float32Array>>(Object.fromEntries(named));
    return prediction instanceof Float32Array ? [prediction] : model.outputs.map(({ name }) => prediction[name]);
  };
}

/**
 * A model that is there as a module and its memory, in byte planes: see frozenEngine().
 */
export async function openFrozen(payload: Uint8Array, plan: FrozenPlan): Promise<Predict> {
  const stream = new Blob([payload as BlobPart]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const memory = new WebAssembly.Memory({ initial: plan.pages });
  const start = new Uint8Array(memory.buffer);
  const planes = bytes.subarray(plan.module);
  const words = planes.length / 4;
  for (let i = 0; i < planes.length; i++) start[4 * (i % words) + Math.floor(i / words)] = planes[i];
  const { instance } = await WebAssembly.instantiate(bytes.slice(0, plan.module), { env: { memory } });
  const run = instance.exports.run as (program: number) => number;
  const views = (places: FrozenPlan['inputs']) =>
    places.map(({ address, length }) => new Float32Array(memory.buffer, address, length));
  const [inputs, outputs] = [views(plan.inputs), views(plan.outputs)];
  return (values) => {
    inputs.forEach((input, i) => {
      input.set(values[i]);
    });
    if (run(plan.program) !== 0) throw new Error('an index is outside of the table of an Embedding');
    return outputs;
  };
}
