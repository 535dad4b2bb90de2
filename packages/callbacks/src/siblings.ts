import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What callbacks of one fit know of each other. */
export interface Sibling {
  readonly label: string;
  /** Whether all that its plan asks for has been done. */
  readonly isFinished: boolean;
}

const callbacksOf = new WeakMap<LayersModel, Sibling[]>();

/** The callbacks of this package that are at work on a model, in their order. */
export function siblingsOn(model: LayersModel): readonly Sibling[] {
  return callbacksOf.get(model) ?? [];
}

/** Joins them. Returns which one of its kind the callback is, counted from 1. */
export function join(model: LayersModel, callback: Sibling): number {
  const all = siblingsOn(model).filter((sibling) => sibling !== callback);
  callbacksOf.set(model, [...all, callback]);
  return 1 + all.filter(({ label }) => label === callback.label).length;
}

export function leave(model: LayersModel, callback: Sibling): void {
  callbacksOf.set(
    model,
    siblingsOn(model).filter((sibling) => sibling !== callback),
  );
}
