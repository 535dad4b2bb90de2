import type { ClassResult } from './evaluateVoc.js';

const size = 360;
const margin = 44;
const colours = ['#1b6ca8', '#c0392b', '#27864a', '#8e44ad', '#b9770e', '#2c3e50'];

/** Precision over recall of each class as an SVG picture, 448 pixels square. `classColours` overrides the colours of classes by name. */
export function precisionRecallSvg(
  classes: readonly ClassResult[],
  classColours: Readonly<Record<string, string>> = {},
): string {
  const x = (recall: number) => (margin + recall * size).toFixed(1);
  const y = (precision: number) => (margin + (1 - precision) * size).toFixed(1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (t) =>
      `<path d="M${x(t)} ${y(0)}V${y(1)}M${x(0)} ${y(t)}H${x(1)}" stroke="#ddd"/>` +
      `<text x="${x(t)}" y="${margin + size + 18}" text-anchor="middle">${t}</text>` +
      `<text x="${margin - 6}" y="${Number(y(t)) + 4}" text-anchor="end">${t}</text>`,
  );
  const lines = classes.map(({ class: name, ap, precision, recall }, i) => {
    const colour = classColours[name] ?? colours[i % colours.length];
    const points = recall.map((r, k) => `${x(r)},${y(precision[k])}`).join(' ');
    const label = `<text x="${margin + 10}" y="${margin + size - 12 - 18 * i}" fill="${colour}">${escaped(name)}: ${Number.isNaN(ap) ? 'no objects' : `AP ${ap.toFixed(3)}`}</text>`;
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>${label}`;
  });
  const side = size + 2 * margin;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" ` +
    `font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>${ticks.join('')}${lines.join('')}` +
    `<text x="${side / 2}" y="${side - 8}" text-anchor="middle">recall</text>` +
    `<text transform="translate(14 ${side / 2}) rotate(-90)" text-anchor="middle">precision</text></svg>`
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] as string);
}
