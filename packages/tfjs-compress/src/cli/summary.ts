import type { io } from '@tensorflow/tfjs-core';
import { alignColumns } from '@tfjs-compress/callbacks';
import { pack } from '@tfjs-compress/format';
import { weightFigures } from '@tfjs-compress/math';
import { weightsOf } from './artifacts.js';
import { outputPositions } from './outputPositions.js';

export interface SummaryRow {
  name: string;
  shape: number[];
  parameters: number;
  nonZeros: number;
  remaining: number;
  levels: number;
  bits: number;
  float32Bytes: number;
  packedBytes: number;
  /** Multiplications of one example, by non-zero weights; undefined where they do not follow from the shapes. */
  multiplyAdds?: number;
}

export interface Summary {
  weights: SummaryRow[];
  compressible: { parameters: number; nonZeros: number };
  all: { parameters: number; nonZeros: number };
  /** The whole model as float32 and as one compressed file. */
  float32Bytes: number;
  fileBytes: number;
}

export async function summarize(artifacts: io.ModelArtifacts): Promise<Summary> {
  const weights = weightsOf(artifacts);
  const positions = await outputPositions(artifacts);
  const rows = weights.map(({ name, shape, values }) => {
    const { weights: parameters, ...figures } = weightFigures(values);
    const at = positions.get(name);
    const multiplyAdds = at === undefined ? undefined : at * figures.nonZeros;
    return { name, shape, parameters, ...figures, multiplyAdds };
  });
  const sum = (some: SummaryRow[]) => ({
    parameters: some.reduce((total, row) => total + row.parameters, 0),
    nonZeros: some.reduce((total, row) => total + row.nonZeros, 0),
  });
  return {
    weights: rows,
    compressible: sum(rows.filter((_, i) => weights[i].isCompressible)),
    all: sum(rows),
    float32Bytes: rows.reduce((total, row) => total + row.float32Bytes, 0),
    fileBytes: pack(artifacts).length,
  };
}

export function formatSummary({ weights, compressible, all, float32Bytes, fileBytes }: Summary): string {
  const group = (n: number) => n.toLocaleString('en-US');
  const header = ['weight', 'shape', 'parameters', 'remaining', 'levels', 'bits', 'float32', 'packed', 'mult-adds'];
  const rows = weights.map((row) => [
    row.name,
    row.shape.join('×') || 'scalar',
    group(row.parameters),
    `${(100 * row.remaining).toFixed(2)}%`,
    row.bits === 32 ? '-' : group(row.levels),
    String(row.bits),
    `${group(row.float32Bytes)} B`,
    `${group(row.packedBytes)} B`,
    row.multiplyAdds === undefined ? '-' : group(row.multiplyAdds),
  ]);
  const total = (what: string, { parameters, nonZeros }: Summary['all']) =>
    `${what}: ${group(nonZeros)} of ${group(parameters)} remain (${((100 * nonZeros) / Math.max(1, parameters)).toFixed(2)}%)`;
  const times = (float32Bytes / fileBytes).toFixed(1);
  return [
    alignColumns([header, ...rows]),
    '',
    total('compressible parameters', compressible),
    total('all parameters', all),
    `float32 ${group(float32Bytes)} B, compressed file ${group(fileBytes)} B with everything in it (${times}×)`,
  ].join('\n');
}
