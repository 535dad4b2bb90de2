import type { io } from '@tensorflow/tfjs-core';
import { storedWeights, withWeights } from '@tfjs-compress/format/internal';
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
 * Artifacts that tfjs loads, of those that Keras 3 or tf-keras wrote in a form it does not know: names, objects and the order of things
 * change, the function that the model computes does not.
 *
 * @throws Error that says what tfjs has nothing for.
 */
export function repair(artifacts: io.ModelArtifacts): Repaired {
  if (isGraphModel(artifacts)) throw new Error('this is a graph model; repair is for layers models.');
  const repairs = new Repairs();
  const modelTopology = repairTopology(artifacts.modelTopology, repairs);
  repairs.check();
  const repaired = repairWeights({ ...artifacts, modelTopology, format: artifacts.format ?? 'layers-model' }, repairs);
  repairs.check();
  return { artifacts: repaired, changes: repairs.changes };
}

/** Each weight under the name that tfjs looks for; what tfjs has no place for is left out. */
function repairWeights(artifacts: io.ModelArtifacts, repairs: Repairs): io.ModelArtifacts {
  const nodes = layerTree(artifacts.modelTopology)!;
  const stored = storedWeights(artifacts).filter(({ spec: { name } }) => {
    const isState = /(^|\/)seed_generator(_\d+)?(\/|$)|seed_generator_state/.test(name);
    const isCount = /(^|\/)normalization(_\d+)?\/count$/.test(name);
    if (isState || isCount) repairs.change('what only training uses is left out', name);
    return !isState && !isCount;
  });
  const specs = stored.map(({ spec }) => ({ ...spec, name: normalizationName(spec.name, nodes) }));
  const matches = matchWeights(specs, nodes);
  const found = new Set<string>();
  const weights = stored.map((weight, i) => {
    const match = matches[i];
    if (!match) {
      repairs.refuse(`weight '${weight.spec.name}' belongs to no layer`);
      return weight;
    }
    const name = `${match.node.prefix}/${match.field}`;
    found.add(name);
    if (name !== weight.spec.name && !isRead(weight.spec.name, name))
      repairs.change('weights have the names that tfjs looks for', name);
    return { ...weight, spec: { ...weight.spec, name } };
  });
  for (const { className, config, prefix } of nodes)
    for (const field of fieldsOf(className, config) ?? [])
      if (!found.has(`${prefix}/${field}`)) repairs.refuse(`weight '${prefix}/${field}' is not in the file`);
  return withWeights(artifacts, weights);
}

/** Whether tfjs finds the weight under that name as well: it leaves the cell's out. */
function isRead(name: string, wanted: string): boolean {
  const parts = name.split('/');
  return [...parts.slice(0, -2), parts.at(-1)].join('/') === wanted;
}

/** The statistics of a Normalization that is a BatchNormalization now. */
function normalizationName(name: string, nodes: { className: string; names: string[] }[]): string {
  const renamed = { mean: 'moving_mean', variance: 'moving_variance' }[name.slice(name.lastIndexOf('/') + 1)];
  const layer = name.split('/').at(-2);
  const isNormalization = nodes.some(
    (node) => node.className === 'BatchNormalization' && node.names.includes(layer ?? ''),
  );
  return renamed && isNormalization ? name.replace(/[^/]*$/, renamed) : name;
}
