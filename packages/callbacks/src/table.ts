import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Selector } from '@tfjs-compress/layers';
import { checkModel, findSites, kernelAt, type Site, select, unknownKernels } from '@tfjs-compress/layers/internal';
import { type WeightFigures, weightFigures } from '@tfjs-compress/math';

/**
 * One row of the table: a kernel, or the total, whose bits and levels are the greatest of
 * all.
 */
export interface CompressionRow extends WeightFigures {
  path: string;
}

/**
 * The figures of a model's compressible kernels as they are now (effective weights, where
 * a callback is attached), and their total as the last row.
 *
 * ```js
 * const rows = await compressionTable(model);
 * console.log(rows.at(-1).remaining); // → 1
 * ```
 *
 * @param options.include As in the callbacks; all kernels when left out.
 * @throws Error for an unknown option, or a selector that matches nothing.
 */
export async function compressionTable(
  model: LayersModel,
  options: { include?: Selector | Selector[] } = {},
): Promise<CompressionRow[]> {
  checkModel(model);
  const sites = findSites(model).filter((site) => options.include !== undefined || site.role === 'kernel');
  const rows: CompressionRow[] = [];
  for (const { site } of select(sites, options, [])) rows.push(await rowOf(site));
  const sum = (key: 'weights' | 'nonZeros' | 'float32Bytes' | 'packedBytes') =>
    rows.reduce((total, row) => total + row[key], 0);
  const total = {
    path: 'total',
    weights: sum('weights'),
    nonZeros: sum('nonZeros'),
    remaining: sum('nonZeros') / Math.max(1, sum('weights')),
    bits: Math.max(0, ...rows.map((row) => row.bits)),
    levels: Math.max(0, ...rows.map((row) => row.levels)),
    float32Bytes: sum('float32Bytes'),
    packedBytes: sum('packedBytes'),
  };
  return [...rows, total];
}

async function rowOf(site: Site): Promise<CompressionRow> {
  const kernel = kernelAt(site);
  await kernel?.sync();
  const values = kernel ? await kernel.effectiveValues() : ((await site.variable.read().data()) as Float32Array);
  return { path: site.path, ...weightFigures(values) };
}

/**
 * Prints the table of a fit: what was compressed, then by name every kernel that was left
 * out, and why.
 *
 * @param trained The model that was trained, inside `model` if that is a Sequential.
 */
export async function printTable(model: LayersModel, trained: LayersModel, paths: Set<string>): Promise<void> {
  const rows = await compressionTable(model, { include: [...paths] });
  const trainable = new Set(trained.trainableWeights);
  const left = findSites(model)
    .filter((site) => site.role === 'kernel' && !paths.has(site.path))
    .map(({ path, variable }) => `${path} (${trainable.has(variable) ? 'not selected' : 'not trainable'})`);
  const unknown = unknownKernels(model).map(
    ({ path, className }) =>
      `${path} (a weight of ${className}: registerCompressible(${className}, ['field']) adds its kernels)`,
  );
  const notes = [...left, ...unknown].map((note) => `left out: ${note}`);
  console.log([formatTable(rows), ...notes].join('\n'));
}

/**
 * The table as aligned text, without a final line break.
 *
 * ```js
 * console.log(formatTable(await compressionTable(model)));
 * ```
 */
export function formatTable(rows: CompressionRow[]): string {
  const header = ['kernel', 'weights', 'remaining', 'bits', 'levels', 'float32', 'packed'];
  const cells = rows.map((row) => [
    row.path,
    group(row.weights),
    `${(100 * row.remaining).toFixed(2)}%`,
    String(row.bits),
    row.bits === 32 ? '-' : String(row.levels),
    `${group(row.float32Bytes)} B`,
    `${group(row.packedBytes)} B`,
  ]);
  return alignColumns([header, ...cells]);
}

/**
 * Columns padded to their widest cell: the first to the left, the others to the right; a
 * rule below the header.
 */
export function alignColumns(lines: string[][]): string {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
  const rule = widths.map((width) => '-'.repeat(width));
  return [lines[0], rule, ...lines.slice(1)].map((line) => line.map(pad).join('  ')).join('\n');
}

function group(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}
