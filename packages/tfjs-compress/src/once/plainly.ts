import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { strip } from '@tfjs-compress/layers';
import { findSites, markPruned, writeAsIs } from '@tfjs-compress/layers/internal';
import { codebookOf, roundToPowerOfTwo } from '@tfjs-compress/math';
import { pruned } from '../model/pruned.js';
import { gridOf } from './grids.js';
import type { Goal, RunOptions } from './runOnce.js';

/**
 * A copy of a model with each weight rounded or pruned by itself, which needs no
 * examples.
 */
export function plainly(model: LayersModel, goal: Goal, select: RunOptions['select']): LayersModel {
  const copy = strip(model);
  const selected = select(findSites(copy));
  const sites = selected.map(({ site }) => site);
  for (const { site, options } of selected)
    tf.tidy(() => {
      const { variable } = site;
      const own = 'bits' in goal && options.bits ? { ...goal, bits: options.bits } : goal;
      const values = plainKernel(variable.read().dataSync<'float32'>(), own);
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
