import { escapeText } from '../escapeText.js';
import type { Weight } from '../model/weights.js';
import { type Figure, width } from './draw.js';

/** Pixels of the thinnest picture. */
const minHeight = 40;

/** A place of each weight in a picture. */
interface Layout {
  rows: number;
  columns: number;
  at(index: number): { row: number; column: number };
}

/**
 * Where a kernel's weights are not zero, at most `maxCells` cells, each as dark as its
 * share of them. A dense kernel is a matrix, its longer side lying; of a convolution's,
 * each pair of input and output channel is a tile of height × width, in three dimensions
 * with the depths one below the other.
 */
export function mask({ name, file, shape, values }: Weight & { file: string }, maxCells: number): Figure {
  const layout = layoutOf(shape);
  const shrink = Math.max(1, Math.sqrt((layout.rows * layout.columns) / maxCells));
  const rows = Math.max(1, Math.floor(layout.rows / Math.min(shrink, layout.rows)));
  const columns = Math.max(1, Math.min(layout.columns, Math.floor(maxCells / rows)));
  const filled = new Float64Array(rows * columns);
  const cells = new Float64Array(rows * columns);
  for (let i = 0; i < values.length; i++) {
    const { row, column } = layout.at(i);
    const cell = Math.floor((row * rows) / layout.rows) * columns + Math.floor((column * columns) / layout.columns);
    cells[cell]++;
    if (values[i] !== 0) filled[cell]++;
  }
  const height = Math.round(Math.min(width, Math.max(width * (rows / columns), minHeight)));
  const title = `${name}: ${shape.join('×')}, where weights are left`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeText(title)}" viewBox="0 0 ${columns} ${rows}" ` +
    `width="${width}" height="${height}" preserveAspectRatio="none" shape-rendering="crispEdges" stroke-width="1">` +
    `<rect width="${columns}" height="${rows}" fill="var(--mask-back, #e9edf3)"/>${paths(filled, cells, columns)}</svg>`;
  return { name: `mask.${file}`, title, svg };
}

const shades = 4;

/** A path for each shade, its runs of cells as lines. */
function paths(filled: Float64Array, cells: Float64Array, columns: number): string {
  let most = 0;
  for (let i = 0; i < filled.length; i++) if (cells[i]) most = Math.max(most, filled[i] / cells[i]);
  const shade = (i: number) => (cells[i] ? Math.ceil((shades * filled[i]) / cells[i] / (most || 1)) : 0);
  const lines = Array.from({ length: shades + 1 }, () => '');
  for (let start = 0, end = 0; start < filled.length; start = end) {
    const row = Math.floor(start / columns);
    for (end = start + 1; end < (row + 1) * columns && shade(end) === shade(start); end++);
    lines[shade(start)] += `M${start - row * columns} ${row + 0.5}h${end - start}`;
  }
  return lines
    .map((path, i) => {
      if (i === 0 || !path) return '';
      return `<path stroke="var(--after, #2f6fd0)" stroke-opacity="${i / shades}" d="${path}"/>`;
    })
    .join('');
}

function layoutOf(shape: number[]): Layout {
  const [inputs, outputs] = shape.slice(-2);
  const places = shape.slice(0, -2);
  const width = places.at(-1) ?? 1;
  const height = places.slice(0, -1).reduce((product, size) => product * size, 1);
  const [down, across] = [inputs * height, outputs * width];
  const isUpright = down > across;
  const at = (index: number) => {
    const output = index % outputs;
    const input = Math.floor(index / outputs) % inputs;
    const place = Math.floor(index / (outputs * inputs));
    const row = input * height + Math.floor(place / width);
    const column = output * width + (place % width);
    return isUpright ? { row: column, column: row } : { row, column };
  };
  return { rows: isUpright ? across : down, columns: isUpright ? down : across, at };
}
