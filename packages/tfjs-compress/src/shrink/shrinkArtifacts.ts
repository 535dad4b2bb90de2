import type { io } from '@tensorflow/tfjs-core';
import { storedWeights, stripArtifacts, withWeights } from '@tfjs-compress/format/internal';
import { findDeadUnits, type NamedWeight, readGraph, readWeights, removeUnits } from '@tfjs-compress/runtime/internal';
import { type ShrinkRow, unitsOf } from './unitsOf.js';
import { writeBack } from './writeBack.js';

/** Artifacts of a smaller model, and what became of each layer. */
export interface ShrunkArtifacts {
  artifacts: io.ModelArtifacts;
  rows: ShrinkRow[];
}

/**
 * The artifacts of a layers model without its dead units: see shrink().
 *
 * What is stored as uint8, uint16 or float16 stays so. Masked… and PowerOfTwo… layers
 * become stock layers, and the optimizer's weights, which no longer fit, are left out.
 *
 * @throws Error for a graph model, or a topology or weights that do not fit together.
 * @example
 * ```js
 * const bytes = …; // of a .tfz file
 * const { artifacts, rows } = shrinkArtifacts(unpack(bytes));
 * const smaller = pack(artifacts);
 * ```
 */
export function shrinkArtifacts(artifacts: io.ModelArtifacts): ShrunkArtifacts {
  const stock = stripArtifacts(artifacts);
  const modelTopology = structuredClone(stock.modelTopology);
  const stored = storedWeights(stock).filter(({ spec }) => spec.group !== 'optimizer');
  const graph = readGraph({ ...stock, modelTopology } as object, placed(stored));
  const units = findDeadUnits(graph);
  const weights = writeBack(graph, removeUnits(graph, units), stored);
  return { artifacts: withWeights({ ...stock, modelTopology }, weights), rows: unitsOf(graph, units) };
}

/** The weights with their places in weightSpecs. */
function* placed(stored: ReturnType<typeof storedWeights>): Generator<NamedWeight & { index: number }> {
  for (const [index, { spec, bytes }] of stored.entries())
    for (const weight of readWeights([spec as any], bytes)) yield { ...weight, index };
}
