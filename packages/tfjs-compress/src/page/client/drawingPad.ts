import { make, uniqueId } from './dom.js';

export interface DrawingPad {
  element: HTMLElement;
  /** How to draw by keyboard. */
  keys: HTMLElement;
  context: CanvasRenderingContext2D;
  clear(): void;
}

/** Pixels of the pad's longer side, at least. */
const padSize = 280;

/**
 * A black pad to draw on in white, by mouse, finger or keyboard, with the proportions of
 * the model's image. `onDraw` is told of every line, and `onClear` when nothing is
 * left.
 */
export function drawingPad(
  size: { height: number; width: number },
  onDraw: () => void,
  onClear: () => void,
): DrawingPad {
  const scale = Math.max(1, Math.round(padSize / Math.max(size.height, size.width)));
  const [width, height] = [scale * size.width, scale * size.height];
  const hint = uniqueId();
  const canvas = make('canvas', {
    width,
    height,
    tabindex: 0,
    role: 'application',
    'aria-label': 'Drawing area',
    'aria-describedby': hint,
  });
  const pen = make('span', { class: 'pen' });
  const penState = make('span', { role: 'status' });
  const help = 'Keys: arrows move the pen, the space bar lowers and lifts it, Delete clears. ';
  const element = make('div', { class: 'pad' }, canvas, pen);
  const keys = make('p', { class: 'hint keys' }, make('span', { id: hint }, help), penState);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;

  const clear = () => {
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    onClear();
  };
  const line = (from: Point, to: Point) => {
    // MNIST's digits have lines of about 2 of 28 pixels.
    Object.assign(context, { strokeStyle: '#fff', lineCap: 'round', lineWidth: Math.min(width, height) / 13 });
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    onDraw();
  };
  byPointer(canvas, line);
  byKeys(canvas, pen, penState, line, clear);
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  return { element, keys, context, clear };
}

interface Point {
  x: number;
  y: number;
}

type Line = (from: Point, to: Point) => void;

function byPointer(canvas: HTMLCanvasElement, line: Line): void {
  let last: Point | undefined;
  const draw = (event: PointerEvent) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const to = {
      x: ((event.clientX - left) / width) * canvas.width,
      y: ((event.clientY - top) / height) * canvas.height,
    };
    line(last ?? to, to);
    last = to;
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    draw(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last || !event.isPrimary) return;
    // Where the browser reports them: the points between two frames make round lines.
    for (const each of event.getCoalescedEvents?.() ?? []) draw(each);
    draw(event);
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(end, () => {
      last = undefined;
    });
  }
}

function byKeys(canvas: HTMLCanvasElement, pen: HTMLElement, state: HTMLElement, line: Line, clear: () => void): void {
  const { width, height } = canvas;
  let at = { x: width / 2, y: height / 2 };
  let isDown = false;
  const put = () => {
    pen.style.left = `${(100 * at.x) / width}%`;
    pen.style.top = `${(100 * at.y) / height}%`;
    pen.classList.toggle('down', isDown);
  };
  put();
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = Math.min(width, height) / 28;
    const [x, y] = moves[event.key] ?? [0, 0];
    if (x || y) {
      const to = {
        x: Math.min(width, Math.max(0, at.x + step * x)),
        y: Math.min(height, Math.max(0, at.y + step * y)),
      };
      if (isDown) line(at, to);
      at = to;
    } else if (event.key === ' ') {
      isDown = !isDown;
      state.textContent = isDown ? 'The pen is down.' : 'The pen is up.';
      if (isDown) line(at, at);
    } else if (event.key === 'Delete' || event.key === 'Backspace') clear();
    else return;
    event.preventDefault();
    put();
  });
}

const moves: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
