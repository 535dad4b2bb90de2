import type { io } from '@tensorflow/tfjs-core';
import { type StoredWeight, storedWeights, withWeights } from '@tfjs-compress/format/internal';
import { isGraphModel } from '../model/graphKernels.js';
import { layerTree } from '../model/layerTree.js';
import { matchWeights } from '../model/matchWeights.js';
import { fieldsOf } from '../model/weightFields.js';
import { Repairs } from './Repairs.js';
import { repairTopology } from './repairTopology.js';

export interface Repaired {
  artifacts: io.ModelArtifacts;
  /** A line for each kind of change. */
  changes: string[];
}

/**
 * Artifacts that tfjs loads, of those that Keras 3 or tf-keras wrote in a form it does
 * not know: names, objects and the order of things change, the function that the model
 * computes does not.
 *
 * @throws Error that says what tfjs has nothing for.
 */
export function repair(artifacts: io.ModelArtifacts): Repaired {
  if (isGraphModel(artifacts)) throw new Error('this is a graph model; repair is for layers models.');
  const repairs = new Repairs();
  const modelTopology = repairTopology(artifacts.modelTopology, repairs);
  repairs.check();
  const repaired = repairWeights(artifacts, modelTopology, repairs);
  repairs.check();
  return { artifacts: repaired, changes: repairs.changes };
}

/**
 * Each weight under the name that tfjs looks for; what tfjs has no place for is left out.
 */
function repairWeights(artifacts: io.ModelArtifacts, modelTopology: object, repairs: Repairs): io.ModelArtifacts {
  // The names in the file go by the layers' classes before the repair; the layers are the
  // same ones in the same order.
  const before = layerTree(artifacts.modelTopology)!;
  const after = new Map(layerTree(modelTopology)!.map((node, i) => [before[i], node]));
  const stored = storedWeights(artifacts);
  const matches = matchWeights(
    stored.map(({ spec }) => spec),
    before,
    Boolean(artifacts.convertedBy),
  );
  const found = new Set<string>();
  const weights = stored.flatMap((weight, i): StoredWeight[] => {
    const { spec, bytes } = weight;
    const match = matches[i];
    if (!match || match.field === 'seed_generator_state') {
      if (isForTraining(spec.name)) repairs.change('what only training uses is left out', spec.name);
      else repairs.refuse(`weight '${spec.name}' belongs to no layer`);
      return [];
    }
    const isNormalization = match.node.className === 'Normalization';
    if (isNormalization && match.field === 'count') {
      repairs.change('what only training uses is left out', spec.name);
      return [];
    }
    const field = isNormalization ? `moving_${match.field}` : match.field;
    const name = `${after.get(match.node)!.prefix}/${field}`;
    found.add(name);
    if (name !== spec.name && !isRead(spec.name, name))
      repairs.change('weights have the names that tfjs looks for', name);
    return [{ spec: { ...spec, name }, bytes }];
  });
  for (const { className, config, prefix } of after.values())
    for (const field of fieldsOf(className, config) ?? [])
      if (!found.has(`${prefix}/${field}`)) repairs.refuse(`weight '${prefix}/${field}' is not in the file`);
  const format = artifacts.format ?? 'layers-model';
  return withWeights({ ...artifacts, modelTopology, format }, weights);
}

/** States of random numbers and of optimizers. */
function isForTraining(name: string): boolean {
  return /(^|\/)seed_generator(_\d+)?(\/|$)|seed_generator_state|^optimizer\//.test(name);
}

/** Whether tfjs finds the weight under that name as well: it leaves the cell's out. */
function isRead(name: string, wanted: string): boolean {
  const parts = name.split('/');
  return [...parts.slice(0, -2), parts.at(-1)].join('/') === wanted;
}
