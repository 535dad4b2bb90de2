import { io, util } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { countState, PRUNED } from '@tfjs-compress/math';
import type { SavedSession } from './attach.js';
import { type CompressionMetadata, metadataKey, type Run, recordOf } from './checkpoint.js';
import { hook } from './hook.js';

let unhook: (() => void) | undefined;

/**
 * While anything is attached, model.save writes effective weights. One hook on the class,
 * not on the model, because fit hands callbacks the model INSIDE a Sequential while users
 * save the Sequential, and because a model that shares the attached layers may be saved
 * as well.
 */
export function hookSave(on: boolean, sessionOf: (model: tfl.LayersModel) => Promise<SavedSession>): void {
  if (on === (unhook !== undefined)) return;
  if (!on) {
    unhook?.();
    unhook = undefined;
    return;
  }
  unhook = hook(
    tfl.LayersModel.prototype,
    'save',
    (stock) =>
      async function (this: tfl.LayersModel, handlerOrURL: io.IOHandler | string, config?: io.SaveConfig) {
        const handlers = typeof handlerOrURL === 'string' ? io.getSaveHandlers(handlerOrURL) : [handlerOrURL];
        const save = handlers.length === 1 ? handlers[0].save : undefined;
        // Let tfjs say what is wrong with it.
        if (!save) return stock.call(this, handlerOrURL, config);
        const session = await sessionOf(this);
        const weights = config?.trainableOnly ? this.trainableWeights : this.weights;
        return stock.call(
          this,
          { save: (artifacts: io.ModelArtifacts) => save.call(handlers[0], withRun(artifacts, weights, session)) },
          config,
        );
      },
  );
}

/**
 * Turns what a model with attached kernels is about to save into what it computes with:
 * zeros where pruned. What was pruned, and the run, go into the metadata.
 *
 * @param weights In the order in which tfjs saves them. Names would not do: stacked cells
 *   repeat theirs.
 */
function withRun(
  artifacts: io.ModelArtifacts,
  weights: tfl.LayerVariable[],
  { paths, kernels, progress, pruned }: SavedSession,
): io.ModelArtifacts {
  const records: Run['kernels'] = {};
  const marked = new Set(pruned);
  const data = artifacts.weightData as ArrayBuffer;
  let offset = 0;
  for (const [i, { shape, dtype }] of (artifacts.weightSpecs ?? []).slice(0, weights.length).entries()) {
    const length = util.sizeFromShape(shape);
    const kernel = kernels.get(weights[i]);
    if (kernel) {
      const values = new Float32Array(data, offset, length);
      const path = paths.get(weights[i])!;
      records[path] = recordOf(kernel, values);
      if (!kernel.stateVariable) {
        if (countState(kernel.states, PRUNED) > 0) marked.add(path);
        for (let j = 0; j < length; j++) if (kernel.states[j] === PRUNED) values[j] = 0;
      }
    }
    offset += length * util.bytesPerElement(dtype);
  }
  const metadata: CompressionMetadata = {
    version: 2,
    ...(marked.size > 0 && { pruned: [...marked] }),
    ...(progress && { kernels: records, progress }),
  };
  if (!progress && marked.size === 0) return artifacts;
  return { ...artifacts, userDefinedMetadata: { ...artifacts.userDefinedMetadata, [metadataKey]: metadata } };
}
