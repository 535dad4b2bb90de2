import { type Box, check, checkInteger, resolveOptions } from '@tfjs-compress/math/internal';
import type { Pixels } from '../data/ImageSet.js';
import { rgbOf } from '../data/loadImage.js';
import { type Context, canvasSurface } from './canvasSurface.js';
import { colorAt, colorOfName, inkOn } from './colors.js';
import { pixelSurface } from './pixelSurface.js';
import type { Surface } from './Surface.js';

/** A detection; or an object that is marked, which has no score. */
export interface Drawn {
  box: Box;
  class: string;
  score?: number;
}

export interface DrawOptions {
  /**
   * All classes, so that each has a color of its own: detector.config.classes. Default:
   * by their names.
   */
  classes?: readonly string[];
  /** '#rrggbb' of classes by name, over those. */
  colors?: Readonly<Record<string, string>>;
  /** Of the frames in pixels. Default: 1/250 of the longer side, at least 2. */
  lineWidth?: number;
  /** What is written; '' for nothing. Default: class and score. */
  label?: (detection: Drawn) => string;
}

type Canvas = HTMLCanvasElement | OffscreenCanvas;

/**
 * Draws detections: frames in their classes' colors with dark and light edges, and labels
 * on grounds of those colors, so that they can be seen on any image.
 *
 * @param target A canvas or its 2D context, which is drawn on; or pixels, in Node too,
 *   which stay as they are. There letters are capitals, and others than A to Z frames.
 * @param detections In pixels of the target; the best are drawn last, above the others.
 * @returns The canvas or context; of pixels a copy in red, green, blue, alpha, as
 *   ImageData has it.
 * @throws ArgumentError for an option or a target that is none.
 * @example
 * context.drawImage(image, 0, 0);
 * drawDetections(canvas, await detector.detect(canvas), { classes: detector.config.classes });
 * @example
 * const { data, width, height } = drawDetections(pixels, detections); // in Node
 * await sharp(data, { raw: { width, height, channels: 4 } }).toFile('found.png');
 */
export function drawDetections<T extends Canvas | Context>(
  target: T,
  detections: readonly Drawn[],
  options?: DrawOptions,
): T;
export function drawDetections(
  target: Pixels,
  detections: readonly Drawn[],
  options?: DrawOptions,
): Pixels & { data: Uint8ClampedArray };
export function drawDetections(
  target: Canvas | Context | Pixels,
  detections: readonly Drawn[],
  options: DrawOptions = {},
): unknown {
  const given = drawOptionsOf(options);
  check(Array.isArray(detections), 'detections', 'a list', detections);
  if ('data' in target) {
    const { width, height } = target;
    const data = withAlpha(target);
    const lineWidth = given.lineWidth ?? lineWidthFor(width, height);
    draw(pixelSurface(data, width, height, Math.max(1, Math.round(lineWidth / 2))), detections, given, lineWidth);
    return { data, width, height };
  }
  const context = ('getContext' in target ? target.getContext('2d') : target) as Context | null;
  check(context !== null && 'fillRect' in context, 'target', 'a canvas, its 2D context, or pixels', target);
  const { width, height } = context.canvas;
  const lineWidth = given.lineWidth ?? lineWidthFor(width, height);
  draw(canvasSurface(context, Math.max(11, 6 * lineWidth)), detections, given, lineWidth);
  return target;
}

function drawOptionsOf(options: DrawOptions) {
  const defaults = {
    classes: undefined as DrawOptions['classes'],
    colors: {} as Readonly<Record<string, string>>,
    lineWidth: undefined as number | undefined,
    label: labelOf,
  };
  const given = resolveOptions('drawDetections', options, defaults);
  const { classes, colors, lineWidth, label } = given;
  check(classes === undefined || Array.isArray(classes), 'classes', 'names', classes);
  for (const [name, color] of Object.entries(colors)) {
    check(/^#[0-9a-f]{6}$/i.test(color), `colors.${name}`, "a color '#rrggbb'", color);
  }
  if (lineWidth !== undefined) checkInteger(lineWidth, 'lineWidth', 1);
  check(typeof label === 'function', 'label', 'a function that gives a text', label);
  return given;
}

function labelOf({ class: name, score }: Drawn): string {
  return score === undefined ? name : `${name} ${score.toFixed(2)}`;
}

function lineWidthFor(width: number, height: number): number {
  return Math.max(2, Math.round(Math.max(width, height) / 250));
}

function withAlpha(pixels: Pixels): Uint8ClampedArray {
  const { data, width, height } = rgbOf(pixels, 'target');
  const out = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) out[4 * i + c] = data[3 * i + c];
  return out;
}

function draw(
  surface: Surface,
  detections: readonly Drawn[],
  { classes, colors, label }: ReturnType<typeof drawOptionsOf>,
  lineWidth: number,
): void {
  const colorOf = (name: string) => {
    const place = classes?.indexOf(name) ?? -1;
    return colors[name] ?? (place >= 0 ? colorAt(place) : colorOfName(name));
  };
  const worstFirst = [...detections].sort((a, b) => (a.score ?? 0) - (b.score ?? 0));
  for (const { box, class: name } of worstFirst) {
    frame(surface, box, lineWidth + 2, '#000000', 1);
    frame(surface, box, 1, '#ffffff', -lineWidth);
    frame(surface, box, lineWidth, colorOf(name), 0);
  }
  for (const each of worstFirst) writeLabel(surface, each, label(each), colorOf(each.class), lineWidth);
}

/** The four sides of a frame `grow` pixels outside of a box. */
function frame(surface: Surface, [left, top, right, bottom]: Box, line: number, color: string, grow: number): void {
  const [x1, y1, x2, y2] = [left - grow, top - grow, right + grow, bottom + grow];
  surface.fill(x1, y1, x2 - x1, line, color);
  surface.fill(x1, y2 - line, x2 - x1, line, color);
  surface.fill(x1, y1, line, y2 - y1, color);
  surface.fill(x2 - line, y1, line, y2 - y1, color);
}

/**
 * Above the box, or in it where there is no room; all of it in the image, if it fits.
 */
function writeLabel(surface: Surface, { box }: Drawn, text: string, color: string, lineWidth: number): void {
  if (text === '') return;
  const size = surface.measure(text);
  const [width, height] = [size.width + 2 * lineWidth, size.height + 2 * lineWidth];
  const x = Math.max(0, Math.min(box[0], surface.width - width));
  const y = Math.max(0, Math.min(box[1] >= height ? box[1] - height : box[1], surface.height - height));
  surface.fill(x, y, width, height, color);
  surface.write(text, x + lineWidth, y + lineWidth, inkOn(color));
}
