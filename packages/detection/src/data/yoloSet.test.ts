import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseYolo, yoloObjects } from './parseYolo.js';
import { readYolo } from './readSets.js';
import { yoloText } from './yoloText.js';

const folder = mkdtempSync(join(tmpdir(), 'yolo-'));
const classes = ['red', 'white'];

beforeAll(async () => {
  for (const each of ['images/train', 'labels/train', 'flat']) mkdirSync(join(folder, each), { recursive: true });
  const grey = { create: { width: 8, height: 4, channels: 3, background: '#808080' } } as const;
  for (const file of ['images/train/a.jpg', 'images/train/b.png', 'flat/c.jpg']) {
    await sharp(grey).toFile(join(folder, file));
  }
  writeFileSync(join(folder, 'labels/train/a.txt'), '1 0.5 0.5 0.25 0.5\r\n\n0 0 0 1 0 1 1 0 1\n');
  writeFileSync(join(folder, 'flat/c.txt'), '0 0.5 0.5 1 1\n');
  writeFileSync(join(folder, 'flat/classes.txt'), 'cell\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('readYolo', () => {
  it('reads boxes and polygons; an image without label file has no objects', async () => {
    const set = await readYolo(folder, { classes, folders: { images: 'images/train' } });
    expect(set.classes).toEqual(classes);
    expect(set.images.map(({ name, width, height, objects }) => [name, width, height, objects])).toEqual([
      [
        'a.jpg',
        8,
        4,
        [
          { box: [3, 1, 5, 3], class: 'white' },
          { box: [0, 0, 8, 4], class: 'red' },
        ],
      ],
      ['b.png', 8, 4, []],
    ]);
  });

  it('reads what LabelImg writes: everything in one folder, classes.txt beside', async () => {
    const set = await readYolo(folder, { folders: { images: 'flat', labels: 'flat' } });
    expect([set.classes, set.images[0].objects]).toEqual([['cell'], [{ box: [0, 0, 8, 4], class: 'cell' }]]);
  });

  it('names what is missing or unknown', async () => {
    await expect(readYolo(folder, { folders: { images: 'images/train' } })).rejects.toThrow(
      'classes: expected names in the order of their indices, or a file labels/train/classes.txt',
    );
    await expect(readYolo(folder, { clases: [] } as never)).rejects.toThrow("Did you mean 'classes'?");
    const one = { classes: ['red'], folders: { images: 'images/train' } };
    await expect(readYolo(folder, one)).rejects.toThrow(
      'labels/train/a.txt: line 1 has class 1; there are 1 (0 to 0).',
    );
  });

  it.each([
    ['0 1 1', '2 numbers behind the class'],
    ['0 0.1 0.2 0.3 0.4 0.5', '5 numbers behind the class'],
    ['x 0.1 0.2 0.3 0.4', "is 'x 0.1 0.2 0.3 0.4', not numbers"],
    ['0 100 200 300 400', "expected parts of the image's sides, 0 to 1"],
    ['0.5 0.1 0.1 0.1 0.1', 'has class 0.5'],
  ])('names a line that is none: %s', (line, message) => {
    const parse = () => parseYolo(`\n${line}`, 'x.txt', classes);
    expect(parse).toThrow(/^x\.txt: line 2 /);
    expect(parse).toThrow(message);
  });

  it('reads what yoloText writes', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    const part = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(side, side, fc.array(fc.tuple(part, part, fc.nat(1)), { maxLength: 4 }), (width, height, given) => {
        const objects = given.map(([x, y, c]) => ({
          box: [x * width, y * height, (1 - x / 2) * width, (1 - y / 2) * height] as [number, number, number, number],
          class: classes[c],
        }));
        const text = yoloText(objects, { classes, width, height });
        const read = yoloObjects(parseYolo(text, 'x.txt', classes), width, height);
        expect(read.map((each) => each.class)).toEqual(objects.map((each) => each.class));
        read.forEach(({ box }, i) => {
          box.forEach((value, k) => {
            expect(Math.abs(value - objects[i].box[k])).toBeLessThan(0.02);
          });
        });
      }),
    );
    expect(() => yoloText([{ box: [0, 0, 1, 1], class: 'blue' }], { classes, width: 9, height: 9 })).toThrow(
      "class: expected 'red' or 'white', received 'blue'.",
    );
  });
});
