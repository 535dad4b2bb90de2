/** What the other packages of this repository use; outside of semantic versioning. */
export { type Frozen, freeze, type Place } from './freeze.js';
export type { Graph, Layer, Node, Tensor, Weight } from './graph/Graph.js';
export { readGraph } from './graph/readGraph.js';
export { type NamedWeight, readWeights } from './graph/readWeights.js';
export { findDeadUnits, type Units } from './passes/findDeadUnits.js';
export { removeDeadUnits, removeUnits } from './passes/removeUnits.js';
export { unpack } from './unpack.js';
