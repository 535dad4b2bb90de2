import { serialization } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** A layer of tfjs as this package sees it: its weights are reached by field name. */
export type Layer = tfl.layers.Layer;
/** A built-in layer class; tfjs exports none of them, only factories. */
export type LayerClass = new (args: any) => Layer;

/** The class of a layer made by one of OUR copy's factories. */
export function classOf(layer: Layer): LayerClass {
  return layer.constructor as LayerClass;
}

/**
 * tfjs-layers keeps its classes in a registry that all copies on a page share: the copy
 * imported last owns it, and layers and callbacks of the other copy stop working in ways
 * that are hard to read (a CustomCallback recurses until the memory is full). So this is
 * asked before anything is attached.
 *
 * @throws Error when a second copy of tfjs-layers is loaded.
 */
export function checkSingleTfjsCopy(): void {
  const registered = serialization.SerializationMap.getMap().classNameMap.Dense?.[0];
  const ours = classOf(tfl.layers.dense({ units: 1 }));
  if (registered !== (ours as unknown)) throw new Error(secondCopy('the class registry belongs to another copy'));
}

/**
 * @throws Error when `model` is not a LayersModel, or one of another copy of tfjs-layers.
 */
export function checkModel(model: unknown, argument = 'model'): asserts model is tfl.LayersModel {
  checkSingleTfjsCopy();
  if (model instanceof tfl.LayersModel) return;
  const isForeign = typeof (model as { loadWeights?: unknown } | null)?.loadWeights === 'function';
  if (isForeign) throw new Error(secondCopy(`${argument} was made by another copy`));
  throw new Error(`${argument}: expected a tf.Sequential or tf.LayersModel, received ${describe(model)}.`);
}

function describe(value: unknown): string {
  return value !== null && typeof value === 'object' ? `an instance of ${value.constructor?.name}` : String(value);
}

/** @param symptom What showed it, in a few words. */
export function secondCopy(symptom: string): string {
  return (
    `Two copies of @tensorflow/tfjs-layers are loaded (${symptom}; the copy that tfjs-compress sees is ` +
    `${tfl.version_layers}). Find them with 'npm ls @tensorflow/tfjs-layers', make every package depend on the same ` +
    `version and run 'npm dedupe'; with a bundler, alias '@tensorflow/tfjs-layers' and '@tensorflow/tfjs-core' to one folder; ` +
    'without one, load TensorFlow.js by one script tag, before this one.'
  );
}
