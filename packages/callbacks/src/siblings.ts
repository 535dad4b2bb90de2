import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What callbacks of one fit know of each other. */
export interface Sibling {
  readonly label: string;
  /** Whether all that its plan asks for has been done. */
  readonly isFinished: boolean;
}

interface Group {
  callbacks: Sibling[];
  /**
   * Paths of the kernels of those that have left, for the one table that the last one
   * prints.
   */
  paths: Set<string>;
}

const groups = new WeakMap<LayersModel, Group>();

/** The callbacks of this package that are at work on a model, in their order. */
export function siblingsOn(model: LayersModel): readonly Sibling[] {
  return groups.get(model)?.callbacks ?? [];
}

/** Joins them. Returns which one of its kind the callback is, counted from 1. */
export function join(model: LayersModel, callback: Sibling): number {
  const { callbacks, paths } = groups.get(model) ?? { callbacks: [], paths: new Set() };
  const others = callbacks.filter((sibling) => sibling !== callback);
  groups.set(model, { callbacks: [...others, callback], paths });
  return 1 + others.filter(({ label }) => label === callback.label).length;
}

/**
 * Leaves them, with the paths of the kernels it had. Nothing is left of the group when
 * the last one does.
 */
export function leave(model: LayersModel, callback: Sibling, paths: string[]): void {
  const group = groups.get(model);
  if (!group) return;
  group.callbacks = group.callbacks.filter((sibling) => sibling !== callback);
  for (const path of paths) group.paths.add(path);
  if (group.callbacks.length === 0) groups.delete(model);
}

/** Paths of the kernels of callbacks that have left. */
export function pathsLeft(model: LayersModel): string[] {
  return [...(groups.get(model)?.paths ?? [])];
}

/** Which callback was attached to a weight last, on whichever model. */
export const holders = new WeakMap<object, Sibling>();
