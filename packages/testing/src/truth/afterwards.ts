import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { MemoryHandler } from '../memoryHandler.js';
import { type Case, isDataset } from './axes.js';
import { count, kernelsOf, readKernels } from './kernels.js';
import { kinds } from './kinds.js';
import type { Asked } from './options.js';

/**
 * After the last fit: nothing of ours hangs on a stock model any more, and predict,
 * getWeights, the saved file and the model loaded from it agree.
 */
export async function checkAfterwards(model: tfl.LayersModel, c: Case, x: tf.Tensor, asked: Asked): Promise<string[]> {
  const findings: string[] = [];
  const kernels = kernelsOf(model);
  const isStock = !kinds[c.kind].head && !kinds[c.kind].convert;
  for (const { path, layer, field } of isStock ? kernels : []) {
    const variable = (layer as any)[field];
    if (!layer.weights.includes(variable)) findings.push(`${path} still stands behind a view`);
    for (const hook of ['assign', 'write', 'read']) {
      if (Object.hasOwn(variable, hook) || Object.hasOwn(variable.val ?? {}, hook))
        findings.push(`${path}: ${hook} is still hooked`);
    }
  }
  for (const hook of ['save', 'fit', 'fitDataset', 'testLoop', 'evaluateDataset', 'evaluate', 'predict']) {
    for (const each of [model, (model as any).model]) {
      if (each && Object.hasOwn(each, hook)) findings.push(`${hook} of the model is still hooked`);
    }
  }
  const file = new MemoryHandler();
  await model.save(file);
  const names = (file.artifacts!.weightSpecs ?? []).map(({ name }) => name);
  if (isStock && names.some((name) => /_state/.test(name))) findings.push(`the saved file holds states: ${names}`);
  const loaded = await tfl.loadLayersModel(file);
  const [y, again] = [model, loaded].map((each) => {
    return tf.tidy(() => {
      const result = each.predict(x) as tf.Tensor | tf.Tensor[];
      return [result].flat().map((tensor) => [...tensor.dataSync()]);
    });
  });
  const differs = JSON.stringify(y) !== JSON.stringify(again);
  // Loading applies a layer's constraint, as stock tfjs does; what INQ leaves must not be
  // touched by it.
  const hasConstraint = c.situation.endsWith('Norm') || c.situation === 'nonNeg';
  if (differs && !hasConstraint) findings.push('the model loaded from the saved file predicts otherwise');
  if (hasConstraint && asked.inq) {
    for (const [path, values] of readKernels(kernelsOf(loaded))) {
      const { levels, weights } = count(values);
      if (asked.inq.isSelected(path) && levels < weights)
        findings.push(`loaded from the file, ${path} has ${levels} levels of ${weights} weights`);
    }
  }
  loaded.dispose();
  return findings;
}

export interface Validated {
  validationProblem: { x: tf.Tensor; y: tf.Tensor | tf.Tensor[]; batchSize: number };
}

/** The last val_loss is that of the model one gets. */
export function checkSameFigures(
  model: tfl.LayersModel,
  history: Record<string, number[]>,
  c: Case,
  { validationProblem }: Validated,
): string[] {
  if (c.validation !== 'data') return [];
  const { x, y, batchSize } = validationProblem;
  const loss = tf.tidy(() => {
    const result = model.evaluate(x, y, { batchSize: isDataset(c.situation) ? 8 : batchSize });
    return [result].flat()[0].dataSync()[0];
  });
  const last = history.val_loss?.at(-1);
  if (last !== undefined && Math.abs(last - loss) <= 1e-4 * Math.abs(loss)) return [];
  return [`the last val_loss is ${last}, of the model at the end ${loss}`];
}
