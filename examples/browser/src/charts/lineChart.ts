import type { Point } from '../messages.js';
import { type Plan, totalEpochs } from '../training/plan.js';
import { drawnTo, svg } from './svg.js';

export interface LineChartOptions {
  /** What is drawn, in words. */
  name: string;
  value(point: Point): number;
  /** Of the axis, ascending: the first and the last are its ends. */
  ticks: number[];
  isLogarithmic?: boolean;
  /** With the unit, for the last value and in words. */
  format(value: number): string;
}

/** On the right there is room for the last value. */
const margin = { top: 26, right: 58, bottom: 40, left: 34 };

/**
 * A line over the epochs of a run, in the colors of its stages, each with its name on
 * top. The axes are those of the whole run from the beginning: nothing moves when points
 * come.
 */
export function lineChart(place: HTMLElement, { name, value, ticks, isLogarithmic, format }: LineChartOptions) {
  let points: Point[] = [];
  let plan: Plan | undefined;
  const label = () => {
    if (points.length === 0) return `${name}: no epoch yet`;
    const [first, last] = [points[0], points[points.length - 1]].map((point) => format(value(point)));
    return `${name}: ${first} after the first epoch, ${last} after epoch ${points.length} of ${totalEpochs(plan!)}`;
  };
  const [bottom, top] = [ticks[0], ticks[ticks.length - 1]];
  const scale = isLogarithmic ? Math.log : (each: number) => each;

  const update = drawnTo(place, label, (width, height) => {
    if (!plan) return [];
    const epochs = totalEpochs(plan);
    const [right, lower] = [width - margin.right, height - margin.bottom];
    const x = (epoch: number) => margin.left + ((right - margin.left) * epoch) / epochs;
    const y = (each: number) => {
      const fraction = (scale(Math.max(bottom, Math.min(top, each))) - scale(bottom)) / (scale(top) - scale(bottom));
      return lower - fraction * (lower - margin.top);
    };
    const elements: SVGElement[] = [];
    let begin = 0;
    for (const stage of plan.stages) {
      const end = begin + stage.epochs;
      const area = { x: x(begin), y: margin.top, width: x(end) - x(begin), height: lower - margin.top };
      elements.push(
        svg('rect', { ...area, style: `fill:var(--${stage.name}-area)` }),
        svg(
          'text',
          {
            x: x((begin + end) / 2),
            y: 14,
            'text-anchor': 'middle',
            class: 'name',
            style: `fill:var(--${stage.name})`,
          },
          stage.name,
        ),
      );
      begin = end;
    }
    for (const tick of ticks) {
      elements.push(
        svg('line', { x1: margin.left, x2: right, y1: y(tick), y2: y(tick), class: tick === bottom ? 'axis' : 'grid' }),
        svg('text', { x: margin.left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, String(tick)),
      );
    }
    for (const epoch of epochTicks(epochs))
      elements.push(svg('text', { x: x(epoch), y: lower + 18, 'text-anchor': 'middle' }, String(epoch)));
    elements.push(svg('text', { x: (margin.left + right) / 2, y: height - 4, 'text-anchor': 'middle' }, 'epoch'));
    const at = points.map((point, i) => ({ stage: point.stage, x: x(i + 1), y: y(value(point)), value: value(point) }));
    for (const stage of plan.stages) {
      const own = at.flatMap((each, i) => (each.stage === stage.name ? [i] : []));
      if (own.length === 0) continue;
      // From the last point of the stage before, so that the line has no gaps.
      const line = at.slice(Math.max(0, own[0] - 1), own[own.length - 1] + 1);
      const d = line.map((each, i) => `${i ? 'L' : 'M'}${each.x.toFixed(1)} ${each.y.toFixed(1)}`).join('');
      elements.push(svg('path', { d, class: 'line', style: `stroke:var(--${stage.name})` }));
    }
    const last = at[at.length - 1];
    if (last) {
      elements.push(
        svg('circle', { cx: last.x, cy: last.y, r: 4, style: `fill:var(--${last.stage})` }),
        svg('text', { x: last.x + 8, y: last.y + 4, class: 'last' }, format(last.value)),
      );
    }
    return elements;
  });
  return (next: Point[], of: Plan) => {
    points = next;
    plan = of;
    update();
  };
}

/** At most some seven, the last one among them. */
function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50].find((each) => epochs / each <= 7) ?? 100;
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, i) => i * step);
}
