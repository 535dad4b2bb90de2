import type { Box } from '@tfjs-compress/math/internal';
import type { Annotation } from './ImageSet.js';

export interface CsvImage {
  name: string;
  size?: { width: number; height: number };
  objects: Annotation[];
}

/** What tools call the columns. */
const columns = {
  name: ['filename', 'image', 'path', 'file'],
  class: ['class', 'label', 'class_name', 'name'],
  x1: ['xmin', 'x1'],
  y1: ['ymin', 'y1'],
  x2: ['xmax', 'x2'],
  y2: ['ymax', 'y2'],
};
const unnamed = ['filename', 'xmin', 'ymin', 'xmax', 'ymax', 'class'];

/**
 * Reads a table of objects, one a row: with a first row that names the columns (filename,
 * class, xmin, ymin, xmax, ymax, also width and height; in any order), or six columns
 * without: path, x1, y1, x2, y2, class. A row without box and class is an image without
 * objects.
 */
export function parseCsv(text: string, file: string): CsvImage[] {
  const rows = rowsOf(text, file);
  const titles = rows[0]?.map((cell) => cell.trim().toLowerCase()) ?? [];
  const isNamed = columns.name.some((name) => titles.includes(name));
  const header = isNamed ? titles : unnamed;
  const at = (names: string[]) => header.findIndex((title) => names.includes(title));
  const places = Object.entries(columns).map(([key, names]) => [key, at(names)] as const);
  for (const [key, place] of places) {
    const names = columns[key as keyof typeof columns];
    if (place < 0) throw new Error(`${file}: no column ${names.slice(0, 2).join(' or ')} in '${titles.join(',')}'.`);
  }
  const place = Object.fromEntries(places) as Record<keyof typeof columns, number>;
  const [width, height] = [at(['width']), at(['height'])];
  const images = new Map<string, CsvImage>();
  rows.slice(isNamed ? 1 : 0).forEach((row, i) => {
    const where = `${file}: row ${i + (isNamed ? 2 : 1)}`;
    if (row.length !== header.length) throw new Error(`${where} has ${row.length} cells, not ${header.length}.`);
    const cell = (key: keyof typeof columns) => row[place[key]].trim();
    const name = cell('name');
    if (name === '') throw new Error(`${where} names no image.`);
    const image = images.get(name) ?? { name, ...sizeOf(row[width], row[height]), objects: [] };
    images.set(name, image);
    const corners = (['x1', 'y1', 'x2', 'y2'] as const).map(cell);
    if (cell('class') === '' && corners.every((text) => text === '')) return;
    const box = corners.map((text) => (text === '' ? Number.NaN : Number(text))) as Box;
    if (!box.every(Number.isFinite)) throw new Error(`${where} has the box '${corners.join(',')}', not four numbers.`);
    if (cell('class') === '') throw new Error(`${where} has a box without class.`);
    image.objects.push({ box, class: cell('class') });
  });
  const boxes = [...images.values()].flatMap(({ objects }) => objects.map(({ box }) => box));
  if (boxes.length > 0 && boxes.every((box) => box.every((value) => value <= 1))) {
    throw new Error(`${file}: no coordinate is above 1; expected pixels, not parts of the image's sides.`);
  }
  return [...images.values()];
}

function sizeOf(...texts: (string | undefined)[]) {
  const [width, height] = texts.map(Number);
  return width > 0 && height > 0 ? { size: { width, height } } : {};
}

/**
 * RFC 4180: cells may be in quotes, with doubled quotes, commas and line ends in them.
 * Empty lines are left out.
 */
function rowsOf(text: string, file: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|\r|$)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match) throw new Error(`${file}: row ${rows.length + 1} has a quote that does not close.`);
    const [, value, end] = match;
    row.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === ',' && cell.lastIndex < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
