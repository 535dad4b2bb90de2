import type { Graph } from '../graph/Graph.js';
import { Builder, type Lowerings } from '../program/Builder.js';
import type { Value } from '../program/Value.js';

/**
 * The operations for a graph, and where its inputs and outputs lie, in the order of tfjs.
 */
export interface Lowered {
  builder: Builder;
  inputs: Value[];
  outputs: Value[];
}

/**
 * The operations for inputs of these shapes.
 *
 * @throws UnsupportedLayerError for a layer that cannot be run, or not at these sizes.
 */
export function lowerGraph(graph: Graph, shapes: number[][], lowerings: Lowerings, maxBytes?: number): Lowered {
  const builder = new Builder(lowerings, maxBytes);
  const inputs = shapes.map((shape) => builder.value(shape));
  const outputs = builder.apply(graph, inputs).map((output) => builder.rows(output));
  return { builder, inputs, outputs };
}
