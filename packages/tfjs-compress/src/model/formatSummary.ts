import { alignColumns } from '@tfjs-compress/callbacks/internal';
import type { LayerSummary, Summary, WeightSummary } from './summarize.js';

/** The header and the cells of the table of layers, or of weights. */
export function summaryCells({ layers }: Summary, perWeight = false): string[][] {
  const header = [perWeight ? 'weight' : 'layer', 'shape', 'parameters', 'remaining', 'levels', 'bits'];
  header.push('float32', 'in the file', 'mult-adds');
  const rows = perWeight
    ? layers.flatMap(({ weights }) => weights.map((weight) => cells(weight, shapeText(weight.shape))))
    : layers.map((layer) => cells(layer, shapesOf(layer)));
  return [header, ...rows];
}

/** The table and, below it, the totals. */
export function formatSummary(summary: Summary, perWeight = false): string {
  return [alignColumns(summaryCells(summary, perWeight)), '', ...totals(summary)].join('\n');
}

function totals({ compressible, all, float32Bytes, fileBytes, ...madds }: Summary): string[] {
  const line = (what: string, { parameters, nonZeros }: Summary['all']) =>
    `${what}: ${group(nonZeros)} of ${group(parameters)} remain (${percent(nonZeros / Math.max(1, parameters))})`;
  const { multiplyAdds, nonZeroMultiplyAdds } = madds;
  const times = (float32Bytes / Math.max(1, fileBytes)).toFixed(1);
  return [
    line('compressible parameters', compressible),
    line('all parameters', all),
    ...(multiplyAdds === undefined
      ? []
      : [
          `multiply-adds for one example: ${group(multiplyAdds)}, of them by non-zeros ${group(nonZeroMultiplyAdds ?? 0)}`,
        ]),
    `float32 ${group(float32Bytes)} B, compressed file ${group(fileBytes)} B with everything in it (${times}×)`,
  ];
}

function cells(row: LayerSummary | WeightSummary, shape: string): string[] {
  const { name, parameters, remaining, bits, levels, float32Bytes, fileBytes, multiplyAdds } = row;
  const isFloat = bits === undefined || bits === 32;
  return [
    name,
    shape,
    group(parameters),
    percent(remaining),
    isFloat ? '-' : group(levels ?? 0),
    bits === undefined ? '32' : String(bits),
    `${group(float32Bytes)} B`,
    `${group(fileBytes)} B`,
    multiplyAdds === undefined ? '-' : group(multiplyAdds),
  ];
}

/** Of a layer: of its kernels, or of what it has besides. */
function shapesOf({ weights }: LayerSummary): string {
  const kernels = weights.filter(({ isCompressible }) => isCompressible);
  const shapes = (kernels.length ? kernels : weights).map(({ shape }) => shapeText(shape));
  return [...new Set(shapes)].join(', ');
}

function shapeText(shape: number[]): string {
  return shape.join('×') || 'scalar';
}

export function group(n: number): string {
  return n.toLocaleString('en-US');
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)}%`;
}
