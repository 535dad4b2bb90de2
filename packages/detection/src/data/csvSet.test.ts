import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from './parseCsv.js';
import { readCsv } from './readSets.js';

const folder = mkdtempSync(join(tmpdir(), 'csv-'));
const header = 'filename,width,height,class,xmin,ymin,xmax,ymax';

beforeAll(async () => {
  const grey = { create: { width: 8, height: 4, channels: 3, background: '#808080' } } as const;
  await sharp(grey).toFile(join(folder, 'a, b.png'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('readCsv', () => {
  it('reads a table with a first row of names, and images beside it', async () => {
    const file = join(folder, 'labels.csv');
    const rows = ['"a, b.png",8,4,cell,1,1,3,3', '"a, b.png",8,4,"wall ""x"" y",0,0,8,4'];
    writeFileSync(file, `\ufeff${header}\r\n${rows.join('\r\n')}\r\n`);
    const set = await readCsv(file, folder);
    expect(set.classes).toEqual(['cell', 'wall "x" y']);
    expect(set.images.map(({ name, objects }) => [name, objects.length])).toEqual([['a, b.png', 2]]);
    await expect(readCsv(file, folder, { clases: [] } as never)).rejects.toThrow("readCsv has no option 'clases'");
  });

  it('reads six columns without names, and rows without objects', () => {
    expect(parseCsv('a.png,1,2,3,4,cell\nb.png,,,,,\n\na.png,5,6,7,8,dog', 'x.csv')).toEqual([
      {
        name: 'a.png',
        objects: [
          { box: [1, 2, 3, 4], class: 'cell' },
          { box: [5, 6, 7, 8], class: 'dog' },
        ],
      },
      { name: 'b.png', objects: [] },
    ]);
  });

  it.each([
    ['filename,class,xmin,ymin,xmax', 'no column ymax or y2'],
    [`${header}\na,8,4,cell,1,1,3`, 'x.csv: row 2 has 7 cells, not 8.'],
    [`${header}\na,8,4,cell,1,one,3,3`, "x.csv: row 2 has the box '1,one,3,3', not four numbers."],
    [`${header}\na,8,4,cell,1,,3,3`, 'not four numbers'],
    [`${header}\na,8,4,,1,1,3,3`, 'row 2 has a box without class'],
    [`${header}\n,8,4,c,1,1,3,3`, 'row 2 names no image'],
    [`${header}\na,8,4,c,0.1,0.2,0.3,0.4`, 'no coordinate is above 1; expected pixels'],
    [`${header}\n"a,8,4,c,1,1,3,3`, 'a quote that does not close'],
  ])('names what is wrong: %s', (text, message) => {
    expect(() => parseCsv(text, 'x.csv')).toThrow(message);
  });
});
