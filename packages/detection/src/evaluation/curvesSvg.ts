/** A line of figures 0 to 1. */
export interface Curve {
  label: string;
  /** Default: by its place among the curves. */
  colour?: string;
  x: readonly number[];
  y: readonly number[];
}

const size = 360;
const margin = 44;
const side = size + 2 * margin;
const colours = ['#1b6ca8', '#c0392b', '#27864a', '#8e44ad', '#b9770e', '#2c3e50'];
/** Labels that have room between the curves; more stand beside, in columns. */
const mostInside = 8;
const [columnWidth, perColumn] = [170, 22];

/**
 * Curves over x from 0 to 1 as an SVG picture, which has a title for who does not see it.
 */
export function curvesSvg(curves: readonly Curve[], titles: { title: string; x: string; y: string }): string {
  const x = (value: number) => (margin + value * size).toFixed(1);
  const y = (value: number) => (margin + (1 - value) * size).toFixed(1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (t) =>
      `<path d="M${x(t)} ${y(0)}V${y(1)}M${x(0)} ${y(t)}H${x(1)}" stroke="#ddd"/>` +
      `<text x="${x(t)}" y="${margin + size + 18}" text-anchor="middle">${t}</text>` +
      `<text x="${margin - 6}" y="${Number(y(t)) + 4}" text-anchor="end">${t}</text>`,
  );
  const isInside = curves.length <= mostInside;
  const place = (i: number) =>
    isInside
      ? [margin + 10, margin + size - 12 - 18 * i]
      : [side + columnWidth * Math.floor(i / perColumn), margin + 8 + 17 * (i % perColumn)];
  const lines = curves.map(({ label, colour, x: xs, y: ys }, i) => {
    const shown = escaped(colour ?? colourOf(i, curves.length));
    const points = corners(xs.map((value, k) => [x(value), y(ys[k])]))
      .map((point) => point.join())
      .join(' ');
    const [left, top] = place(i);
    return (
      `<polyline points="${points}" fill="none" stroke="${shown}" stroke-width="2"/>` +
      `<text x="${left}" y="${top}" fill="${shown}">${escaped(label)}</text>`
    );
  });
  const width = isInside ? side : side + columnWidth * Math.ceil(curves.length / perColumn);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${side}" width="${width}" height="${side}" ` +
    `font-family="sans-serif" font-size="13"><title>${escaped(titles.title)}</title><rect width="100%" height="100%" fill="#fff"/>${ticks.join('')}${lines.join('')}` +
    `<text x="${side / 2}" y="${side - 8}" text-anchor="middle">${escaped(titles.x)}</text>` +
    `<text transform="translate(14 ${side / 2}) rotate(-90)" text-anchor="middle">${escaped(titles.y)}</text></svg>`
  );
}

/**
 * A line without the points that it goes straight on in: of a curve of a thousand images
 * nearly all.
 */
function corners(points: [string, string][]): [string, string][] {
  const kept: [string, string][] = [];
  for (const point of points) {
    const [before, last] = kept.slice(-2);
    const isStraight = last && goesOn(before, last, point, 0) && goesOn(before, last, point, 1);
    const isOnAxis = last && [0, 1].some((axis) => before[axis] === last[axis] && last[axis] === point[axis]);
    if (isStraight && isOnAxis) kept.pop();
    if (`${point}` !== `${kept.at(-1)}`) kept.push(point);
  }
  return kept;
}

/** Whether a coordinate rises, falls or stays from b to c as it does from a to b. */
function goesOn(a: [string, string], b: [string, string], c: [string, string], axis: number): boolean {
  return Math.sign(Number(b[axis]) - Number(a[axis])) === Math.sign(Number(c[axis]) - Number(b[axis]));
}

/** Beyond six, hues all around. */
function colourOf(i: number, count: number): string {
  return count <= colours.length ? colours[i] : `hsl(${Math.round((360 * i) / count)} 65% 38%)`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string);
}
