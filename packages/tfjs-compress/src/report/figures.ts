import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Weight } from '../cli/artifacts.js';
import type { SummaryRow } from '../cli/summary.js';

/** A figure of the report: an SVG that also stands alone. */
export interface Figure {
  name: string;
  title: string;
  svg: string;
}

/** Narrow, so that the text is still readable when a phone shows the whole width. */
const width = 440;
const marginLeft = 130;

/** Draws with Plot in a document without a browser; colours are CSS variables with a default, so that a page can darken them. */
function draw(name: string, title: string, options: Plot.PlotOptions): Figure {
  const { document } = parseHTML('<html><body></body></html>');
  const plot = Plot.plot({
    width,
    ...options,
    document,
    style: { color: 'currentColor', background: 'none', fontSize: '11px' },
  });
  const svg = plot.tagName.toLowerCase() === 'svg' ? plot : plot.querySelector('svg')!;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  return { name, title, svg: svg.outerHTML };
}

/** A pair of bars for each weight, before and after: of parameters (all and non-zero) or of bytes (float32 and packed). */
export function bars(
  name: string,
  title: string,
  rows: SummaryRow[],
  before: keyof SummaryRow,
  after: keyof SummaryRow,
): Figure {
  const data = rows.flatMap((row) => [
    { weight: shorten(row.name), value: row[before] as number, what: 'before' },
    { weight: shorten(row.name), value: row[after] as number, what: 'after' },
  ]);
  return draw(name, title, {
    marginLeft,
    height: 44 + 22 * rows.length,
    x: { type: 'sqrt', grid: true, label: `${title} (square-root scale)`, ticks: 5, tickFormat: 's' },
    y: { label: null, domain: [...new Set(data.map(({ weight }) => weight))] },
    marks: [
      Plot.barX(
        data.filter(({ what }) => what === 'before'),
        { x: 'value', y: 'weight', fill: 'var(--before, #b8c4d6)' },
      ),
      Plot.barX(
        data.filter(({ what }) => what === 'after'),
        { x: 'value', y: 'weight', fill: 'var(--after, #2f6fd0)', insetTop: 4, insetBottom: 4 },
      ),
      Plot.ruleX([0]),
    ],
  });
}

/** How the non-zero values of a kernel are distributed, its levels marked where there are few. */
export function histogram(weight: Weight, levels: number[]): Figure {
  const values = Float64Array.from(weight.values.filter((value) => value !== 0 && Number.isFinite(value)));
  const bins = count(values, 60);
  return draw(`histogram.${fileName(weight.name)}`, `${weight.name}: non-zero values`, {
    height: 180,
    marginLeft: 50,
    x: { label: null },
    y: { label: 'weights', grid: true, ticks: 4, tickFormat: 's' },
    marks: [
      Plot.rectY(bins, { x1: 'from', x2: 'to', y: 'count', fill: 'var(--after, #2f6fd0)' }),
      Plot.dot(levels, { x: (level: number) => level, y: 0, r: 3, fill: 'var(--mark, #d0452f)' }),
      Plot.ruleY([0]),
    ],
  });
}

/** What of the history grows with the epochs, accuracies and sparsity or quantized share in one figure; events marked by lines. */
export function training(history: Record<string, number[]>): Figure {
  const shown = Object.keys(history).filter((key) => /acc|spars|quantized|frozen|remaining/i.test(key));
  const data = shown.flatMap((series) => history[series].map((value, i) => ({ series, epoch: i + 1, value })));
  const steps = Object.keys(history)
    .filter((key) => /spars|quantized|frozen|remaining/i.test(key))
    .flatMap((key) => history[key].flatMap((value, i, all) => (i === 0 || value !== all[i - 1] ? [i + 1] : [])));
  return draw(
    'training',
    'Training: accuracy and sparsity by epoch; dotted where a step of surgery or INQ changed weights',
    {
      height: 260,
      x: { label: 'epoch', tickFormat: 'd' },
      y: { grid: true, label: null },
      color: { type: 'categorical' },
      marks: [
        Plot.ruleX([...new Set(steps)], { stroke: 'currentColor', strokeOpacity: 0.35, strokeDasharray: '2,3' }),
        Plot.lineY(data, { x: 'epoch', y: 'value', stroke: 'series' }),
        ...shown.map((series, i) =>
          Plot.text([series], {
            text: [series],
            fill: () => series,
            frameAnchor: 'bottom-right',
            dx: -4,
            dy: -8 - 14 * i,
          }),
        ),
      ],
    },
  );
}

/** The places of a kernel's non-zero weights, at most 160 × 240 cells, each as dark as its share of them. */
export function mask({ name, shape, values }: Weight): Figure {
  const columns = shape.at(-1)! > 1 ? shape.at(-1)! : shape.at(-2)!;
  const rows = values.length / columns;
  const [height, across] = [Math.min(rows, 160), Math.min(columns, 240)];
  const filled = new Float64Array(height * across);
  const cells = new Float64Array(height * across);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor((Math.floor(i / columns) * height) / rows);
    const cell = row * across + Math.floor(((i % columns) * across) / columns);
    cells[cell]++;
    if (values[i] !== 0) filled[cell]++;
  }
  const scale = Math.max(...filled.map((n, i) => n / cells[i])) || 1;
  let paths = '';
  for (let step = 1; step <= 4; step++) {
    let path = '';
    for (let i = 0; i < filled.length; i++) {
      if (Math.ceil((4 * filled[i]) / cells[i] / scale) === step)
        path += `M${i % across} ${Math.floor(i / across)}h1v1h-1z`;
    }
    if (path) paths += `<path fill="currentColor" fill-opacity="${0.25 * step}" d="${path}"/>`;
  }
  const title = `${name}: ${rows} × ${columns}, where weights are left`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeText(title)}" viewBox="0 0 ${across} ${height}" ` +
    `width="${Math.max(120, Math.min(640, across * 4))}" shape-rendering="crispEdges">` +
    `<rect width="${across}" height="${height}" fill="currentColor" fill-opacity="0.06"/>${paths}</svg>`;
  return { name: `mask.${fileName(name)}`, title, svg };
}

export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function count(values: Float64Array, bins: number): { from: number; to: number; count: number }[] {
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(((value + most) / (2 * most)) * bins))]++;
  return counts.map((n, i) => ({
    from: -most + (2 * most * i) / bins,
    to: -most + (2 * most * (i + 1)) / bins,
    count: n,
  }));
}

function shorten(name: string): string {
  return name.length > 20 ? `…${name.slice(-19)}` : name;
}

function fileName(name: string): string {
  return name.replace(/[^\w-]+/g, '_');
}
