import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { strip } from '@tfjs-compress/layers';
import { findSites, markPruned, type Site, writeAsIs } from '@tfjs-compress/layers/internal';
import { codebookOf, roundToPowerOfTwo } from '@tfjs-compress/math';
import { pruned } from '../model/pruned.js';
import { gridOf } from './grids.js';
import type { Goal } from './runOnce.js';

/**
 * A copy of a model with each weight rounded or pruned by itself, which needs no
 * examples.
 */
export function plainly(model: LayersModel, goal: Goal, select: (sites: Site[]) => Site[]): LayersModel {
  const copy = strip(model);
  const sites = select(findSites(copy));
  for (const { variable } of sites)
    tf.tidy(() => {
      const values = plainKernel(variable.read().dataSync<'float32'>(), goal);
      writeAsIs(variable, tf.tensor(values, variable.shape as number[]));
    });
  if ('sparsity' in goal) markPruned(copy, sites, () => true);
  return copy;
}

function plainKernel(values: Float32Array, goal: Goal): Float32Array {
  if ('sparsity' in goal) return pruned(values, goal.sparsity);
  const { levels, bits } = goal;
  if (levels === 'powerOfTwo') return roundToPowerOfTwo(values, codebookOf(values, bits));
  const { nearest } = gridOf(levels, bits);
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / (2 ** (bits - 1) - 1);
  return values.map((value) => (scale > 0 ? scale * nearest(value / scale) : 0));
}
