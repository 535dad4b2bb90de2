import * as Plot from '@observablehq/plot';
import { isPowerOfTwoOrZero } from '@tfjs-compress/math';
import type { Weight } from '../model/weights.js';
import { colors, draw, type Figure, short } from './draw.js';

/** More values are not looked at: the shape of a histogram does not change. */
const maxValues = 2_000_000;
const maxLevels = 256;
const bins = 60;

/**
 * How the non-zero values of a kernel are distributed: bars by value, or by level where
 * the values are few.
 */
export function histogram(document: Document, weight: Weight & { file: string }): Figure {
  const values = nonZeros(weight.values);
  const levels = levelsOf(values);
  const options = levels ? leveled(levels) : binned(values);
  return draw(document, `histogram.${weight.file}`, `${weight.name}: non-zero values`, {
    height: 180,
    marginLeft: 48,
    marginTop: 28,
    ...options,
    y: { label: 'weights', grid: true, ticks: 4, tickFormat: short, ...options.y },
  });
}

function binned(values: Float32Array): Plot.PlotOptions {
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(((value + most) / (2 * most)) * bins))]++;
  const edge = (i: number) => -most + (2 * most * i) / bins;
  const data = counts.map((count, i) => ({ from: edge(i), to: edge(i + 1), count }));
  return {
    x: { label: null, ticks: 5 },
    y: { domain: [0, Math.max(1, ...counts)] },
    marks: [Plot.rectY(data, { x1: 'from', x2: 'to', y: 'count', fill: colors.after, inset: 0.25 }), Plot.ruleY([0])],
  };
}

/**
 * A bar for each level, marked on the axis; powers of two on a scale on which they lie as
 * far from each other as they should.
 */
function leveled(levels: Map<number, number>): Plot.PlotOptions {
  const data = [...levels].map(([value, count]) => ({ value, count }));
  const magnitudes = [...new Set(data.map(({ value }) => Math.abs(value)))].sort((a, b) => a - b);
  const arePowers = magnitudes.every(isPowerOfTwoOrZero);
  const most = magnitudes.at(-1) ?? 1;
  const x: Plot.ScaleOptions = arePowers
    ? { type: 'symlog', constant: (magnitudes[0] ?? 1) / 2, ticks: powerTicks(magnitudes), tickFormat: powerText }
    : { ticks: 5 };
  return {
    x: { label: null, domain: [-1.15 * most, 1.15 * most], ...x },
    y: { domain: [0, Math.max(1, ...levels.values())] },
    marks: [
      Plot.ruleX(data, { x: 'value', y: 'count', stroke: colors.after, strokeWidth: data.length > 40 ? 2 : 7 }),
      Plot.ruleY([0]),
      Plot.dot(data, { x: 'value', y: 0, r: 3, fill: colors.mark, title: ({ value, count }) => `${value}: ${count}` }),
    ],
  };
}

/**
 * Of the magnitudes at most three, the smallest and the largest among them, on both sides
 * of zero.
 */
function powerTicks(magnitudes: number[]): number[] {
  const step = Math.max(1, Math.ceil((magnitudes.length - 1) / 2));
  const some = magnitudes.filter((_, i) => (magnitudes.length - 1 - i) % step === 0);
  return [...some.map((value) => -value), 0, ...some];
}

function powerText(value: number): string {
  if (value === 0) return '0';
  const exponent = String(Math.round(Math.log2(Math.abs(value))));
  const raised = exponent.replace(/./g, (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]));
  return `${value < 0 ? '−' : ''}2${raised}`;
}

function nonZeros(values: Float32Array): Float32Array {
  return values.subarray(0, maxValues).filter((value) => value !== 0 && Number.isFinite(value));
}

/** How often each value occurs; undefined when there are too many. */
function levelsOf(values: Float32Array): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > maxLevels) return undefined;
  }
  // A small kernel that was not quantized has few values, too.
  return counts.size < values.length / 2 ? counts : undefined;
}
