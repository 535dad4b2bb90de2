import { percent } from '../format.js';
import type { Kernel } from '../messages.js';
import { make } from '../parts.js';
import { layout } from './layout.js';

type Color = [red: number, green: number, blue: number];

/**
 * A picture of each kernel, a pixel a weight: its sign as a color, its size as the
 * strength of it, nothing where it is pruned. They have their size before there is
 * anything to show.
 */
export function masks(place: HTMLElement, shapes: Record<string, number[]>) {
  let kernels: Kernel[] = [];
  const rows = Object.entries(shapes).map(([name, shape]) => {
    const { rows: height, columns: width } = layout(shape);
    const canvas = make('canvas', { width, height, role: 'img', 'aria-label': `${name}: nothing yet` });
    canvas.classList.toggle('coarse', width < 250);
    // Wide and flat ones would be a line.
    canvas.style.aspectRatio = `${width} / ${Math.max(height, width / 12)}`;
    const left = make('span', {}, '–');
    const title = `${name}: ${shape.join(' × ')}`;
    place.append(make('div', {}, make('p', { class: 'mask-name' }, make('span', {}, title), left), canvas));
    return { name, canvas, left };
  });
  const update = () => {
    const colors = { positive: colorOf('--positive'), negative: colorOf('--negative'), empty: colorOf('--empty') };
    for (const { name, canvas, left } of rows) {
      const kernel = kernels.find((each) => each.name === name);
      if (!kernel) {
        canvas.getContext('2d')!.clearRect(0, 0, canvas.width, canvas.height);
        left.textContent = '–';
        continue;
      }
      const zeros = kernel.values.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
      left.textContent = `${percent(1 - zeros / kernel.values.length)} left`;
      canvas.setAttribute('aria-label', `${name}: ${left.textContent}`);
      draw(canvas, kernel, colors);
    }
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', update);
  return (next: Kernel[]) => {
    kernels = next;
    update();
  };
}

function draw(
  canvas: HTMLCanvasElement,
  { shape, values }: Kernel,
  { positive, negative, empty }: Record<'positive' | 'negative' | 'empty', Color>,
): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  const { at } = layout(shape);
  const typical = 2 * rootMeanSquare(values) || 1;
  for (let i = 0; i < image.data.length; i += 4) image.data.set([...empty, 255], i);
  values.forEach((value, i) => {
    if (value === 0) return;
    const { row, column } = at(i);
    // What is left has to be seen, however small it is.
    const strength = 0.25 + 0.75 * Math.min(1, Math.abs(value) / typical);
    const color = value > 0 ? positive : negative;
    const mixed = color.map((part, c) => empty[c] + strength * (part - empty[c]));
    image.data.set(mixed, 4 * (row * canvas.width + column));
  });
  context.putImageData(image, 0, 0);
}

/** Of what is not 0. */
function rootMeanSquare(values: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    sum += value * value;
    if (value !== 0) count++;
  }
  return Math.sqrt(sum / Math.max(1, count));
}

function colorOf(variable: string): Color {
  const text = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  const digits = /^#(..)(..)(..)$/.exec(text) ?? /^#(.)(.)(.)$/.exec(text)!;
  return digits.slice(1).map((each) => Number.parseInt(each.padEnd(2, each), 16)) as Color;
}
