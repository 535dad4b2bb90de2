import * as Plot from '@observablehq/plot';
import { group } from '../model/formatSummary.js';
import { colors, draw, type Figure, legend, short } from './draw.js';
import type { LayerSizes } from './original.js';

/**
 * A pair of bars for each layer, before and after: parameters (all and non-zero) or bytes
 * (float32 and in the file).
 */
export function bars(document: Document, layers: LayerSizes[], what: 'parameters' | 'bytes'): Figure {
  const [before, after, names] =
    what === 'bytes'
      ? (['float32Bytes', 'fileBytes', ['as float32', 'in the file']] as const)
      : (['parameters', 'nonZeros', ['all', 'not zero']] as const);
  const labels = uniqueLabels(layers.map(({ name }) => name));
  const data = layers.map((layer, i) => ({ label: labels[i], before: layer[before], after: layer[after] }));
  const marginTop = 34;
  return draw(document, what, `${what === 'bytes' ? 'Bytes' : 'Parameters'} per layer`, {
    marginTop,
    marginLeft: 10 + 7.2 * Math.max(...labels.map(({ length }) => length), 4),
    marginRight: 48,
    marginBottom: 40,
    height: 78 + 22 * layers.length,
    // Square roots, so that a layer of a thousandth of the largest can still be seen.
    x: { type: 'sqrt', grid: true, label: `${what} (square-root scale)`, ticks: ticks(data), tickFormat: short },
    y: { label: null, domain: labels, tickSize: 0 },
    marks: [
      Plot.barX(data, { x: 'before', y: 'label', fill: colors.before, title: (d) => `${d.label}: ${group(d.before)}` }),
      Plot.barX(data, { x: 'after', y: 'label', fill: colors.after, insetTop: 4, insetBottom: 4 }),
      Plot.ruleX([0]),
      Plot.text(data, {
        y: 'label',
        text: ({ before, after }) => share(after, before),
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 6,
        fontVariant: 'tabular-nums',
      }),
      ...legend(
        [
          { text: names[0], color: colors.beforeLine },
          { text: names[1], color: colors.after },
        ],
        marginTop,
      ),
    ],
  });
}

/** About evenly spaced on the scale of square roots. */
function ticks(data: { before: number }[]): number[] {
  const most = Math.max(1, ...data.map(({ before }) => before));
  const unit = 10 ** Math.floor(Math.log10(most));
  const last = Math.floor(most / unit) * unit;
  return [...new Set([0, 0.1 * last, 0.4 * last, last].map(Math.round))];
}

function share(after: number, before: number): string {
  const percent = (100 * after) / Math.max(1, before);
  return `${percent.toFixed(percent < 9.95 ? 1 : 0)}%`;
}

const longest = 20;

/**
 * The ends of names, which differ where beginnings are alike; numbered where they do not.
 */
function uniqueLabels(names: string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const label = name.length > longest ? `…${name.slice(1 - longest)}` : name;
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return times > 1 ? `${label} (${times})` : label;
  });
}
