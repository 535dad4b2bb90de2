import type { Kernel } from '../messages.js';
import { drawnTo, svg } from './svg.js';

const margin = { top: 12, right: 12, bottom: 42, left: 44 };
/** Exponents of 2 at the ends of both halves of the axis. */
const [least, most] = [-8, 1];
const binsPerOctave = 6;
const half = (most - least) * binsPerOctave;

/**
 * How often weights of each size occur, on an axis on which powers of two are equally far
 * from each other: negative weights left, positive ones right, zeros left out. A weight
 * on a level 2^k stands over a tick.
 */
export function histogram(place: HTMLElement) {
  let kernel: Kernel | undefined;
  const label = () => (kernel ? `Sizes of the weights of ${kernel.name}: ${describe(kernel)}` : 'No weights yet');
  const update = drawnTo(place, label, (width, height) => {
    const [right, lower] = [width - margin.right, height - margin.bottom];
    const binWidth = (right - margin.left) / (2 * half + binsPerOctave);
    const counts = kernel ? count(kernel.values) : new Uint32Array(2 * half);
    const top = niceTop(Math.max(1, ...counts));
    const y = (each: number) => lower - ((lower - margin.top) * each) / top;
    // The halves are an octave apart: smaller weights, and zero, are between them.
    const x = (bin: number) => margin.left + binWidth * (bin + (bin >= half ? binsPerOctave : 0));
    const elements: SVGElement[] = [];
    for (const tick of [0, top / 2, top]) {
      elements.push(
        svg('line', { x1: margin.left, x2: right, y1: y(tick), y2: y(tick), class: tick === 0 ? 'axis' : 'grid' }),
        svg('text', { x: margin.left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, tick.toLocaleString('en-US')),
      );
    }
    const step = width < 460 ? 3 : 2;
    for (let exponent = most - 1; exponent > least; exponent--) {
      // Bins are centered on the levels.
      const offset = binsPerOctave * (exponent - least) + 0.5;
      for (const sign of [-1, 1]) {
        const at = sign > 0 ? x(half) + binWidth * offset : x(0) + binWidth * (half - offset);
        elements.push(svg('line', { x1: at, x2: at, y1: lower, y2: lower + 4, class: 'axis' }));
        if (-exponent % step === 0)
          elements.push(
            svg('text', { x: at, y: lower + 18, 'text-anchor': 'middle' }, sign < 0 ? '−2' : '2', raised(exponent)),
          );
      }
    }
    const middle = x(half) - (binWidth * binsPerOctave) / 2;
    elements.push(
      svg('text', { x: middle, y: lower + 18, 'text-anchor': 'middle' }, '0'),
      svg('text', { x: middle, y: height - 4, 'text-anchor': 'middle' }, 'weight, zeros left out'),
    );
    counts.forEach((each, bin) => {
      if (each === 0) return;
      const fill = `fill:var(--${bin < half ? 'negative' : 'positive'})`;
      const inset = binWidth > 3 ? 0.5 : 0;
      elements.push(
        svg('rect', {
          x: x(bin) + inset,
          y: y(each),
          width: binWidth - 2 * inset,
          height: lower - y(each),
          style: fill,
        }),
      );
    });
    return elements;
  });
  return (next: Kernel | undefined) => {
    kernel = next;
    update();
  };
}

/** In words: how many weights are 0, and on how many levels the others are. */
export function describe({ values }: Kernel): string {
  const others = values.filter((value) => value !== 0);
  const zeros = `${(values.length - others.length).toLocaleString('en-US')} of ${values.length.toLocaleString('en-US')} are 0`;
  const onLevels = others.filter((value) => Number.isInteger(Math.log2(Math.abs(value))));
  if (onLevels.length === 0) return `${zeros}.`;
  const levels = new Set(onLevels).size;
  const share = onLevels.length === others.length ? 'all others' : `${onLevels.length.toLocaleString('en-US')} others`;
  return `${zeros}, ${share} are ${levels} different powers of two.`;
}

function count(values: Float32Array): Uint32Array {
  const counts = new Uint32Array(2 * half);
  for (const value of values) {
    if (value === 0) continue;
    const bin = Math.min(half - 1, Math.round((Math.log2(Math.abs(value)) - least) * binsPerOctave));
    if (bin < 0) continue;
    counts[value > 0 ? half + bin : half - 1 - bin]++;
  }
  return counts;
}

/** Even, so that its half is whole. */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return Math.max(2, ([1, 2, 4, 6, 8, 10].find((each) => each * power >= most) ?? 10) * power);
}

function raised(exponent: number): SVGElement {
  return svg('tspan', { dy: -5, 'font-size': 9 }, String(exponent).replace('-', '−'));
}
