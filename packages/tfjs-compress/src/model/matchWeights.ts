import type { io } from '@tensorflow/tfjs-core';
import type { LayerNode } from './layerTree.js';
import { fieldsOf, roleOf, stockClass } from './weightFields.js';

/** Whose weight a weight is. */
export interface Match {
  node: LayerNode;
  /** Its name in the layer: 'kernel', 'recurrent_kernel' … */
  field: string;
}

/**
 * Finds for each weight the layer that it belongs to. Names differ by who wrote the file:
 * `lstm/kernel` (tfjs), `lstm/lstm_cell/kernel` (Keras 2), `sequential/dense/kernel`,
 * `dense/0` or `kernel` alone (Keras 3); cells of older tfjs share one name. Of several
 * layers that fit the one with most of its names in the weight's wins, then the first in
 * the network that lacks such a weight. A name that fits none is taken by the class
 * (`dense_1/0`: the second Dense, in .keras files), then by order.
 *
 * @param isConverted The order is that of an HDF5 file, by the layers' names; else the
 *   network's.
 */
export function matchWeights(
  specs: readonly io.WeightsManifestEntry[],
  nodes: readonly LayerNode[],
  isConverted = false,
): (Match | undefined)[] {
  const filled = new Map(nodes.map((node) => [node, new Set<string>()]));
  const isFree = ({ node, field }: Match) => !filled.get(node)!.has(field);
  const take = (match: Match) => {
    filled.get(match.node)!.add(match.field);
    return match;
  };
  const matches = specs.map(({ name, group }): Match | undefined => {
    if (group === 'optimizer') return undefined;
    const fitting = nodes
      .map((node) => ({ node, field: fieldIn(node, name), score: score(node, name) }))
      .filter(({ score }) => score > 0);
    const free = fitting.filter(isFree);
    const best = (free.length ? free : fitting).reduce<(typeof fitting)[0] | undefined>(
      (a, b) => (a && a.score >= b.score ? a : b),
      undefined,
    );
    return best && take(best);
  });
  const ordered = isConverted ? [...nodes].sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1)) : nodes;
  return matches.map((match, i) => {
    const { name, group } = specs[i];
    if (match || group === 'optimizer' || isByClass(name)) return match;
    const named = /\/\d+$/.test(name) ? nodes.filter((node) => node.kerasPath === byClass(name)) : [];
    const fallback = (named.length > 0 ? named : ordered)
      .map((node) => ({ node, field: fieldIn(node, name) }))
      .find((each) => isFree(each) && fieldsOf(each.node.className, each.node.config)?.includes(each.field));
    return fallback && take(fallback);
  });
}

/**
 * Whether a name is of a .keras file, which calls layers by their classes:
 * 'layers/dense_1/vars/0'.
 */
function isByClass(name: string): boolean {
  return /(^|\/)vars\/\d+$/.test(name);
}

function byClass(name: string): string {
  const parts = name.split('/').slice(0, -1);
  return parts.filter((part) => !/^(layers|vars|_layer_checkpoint_dependencies)$/.test(part)).join('/');
}

function fieldIn(node: LayerNode, name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '');
  // Keras 3 calls a depthwise kernel 'kernel', too.
  if (last === 'kernel' && /^DepthwiseConv/.test(stockClass(node.className))) return 'depthwise_kernel';
  if (!/^\d+$/.test(last)) return last;
  return fieldsOf(node.className, node.config)?.[Number(last)] ?? last;
}

/** 0 where the name holds none of the layer's. */
function score(node: LayerNode, name: string): number {
  if (isByClass(name)) return byClass(name) === node.kerasPath ? 1 : 0;
  const parts = name.split('/').slice(0, -1);
  const whole = parts.join('/');
  const holds = (part: string) => part !== '' && `/${whole}/`.includes(`/${part}/`);
  const names = node.names.filter(holds).length;
  if (names === 0) return 0;
  const field = fieldIn(node, name);
  const known = fieldsOf(node.className, node.config)?.includes(field) || roleOf(node.className, field) !== 'other';
  // tfjs leaves the cell's name out when it looks for a weight.
  const isExact = whole === node.prefix || parts.slice(0, -1).join('/') === node.prefix;
  return (isExact ? 1000 : 0) + (known ? 100 : 0) + 10 * names + node.optionalNames.filter(holds).length;
}
