import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readVoc } from './readVoc.js';

const folder = mkdtempSync(join(tmpdir(), 'voc-'));
const annotation =
  '<annotation><size><width>8</width><height>6</height></size><object><name>cell</name><bndbox><xmin>1</xmin>' +
  '<ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object></annotation>';

beforeAll(async () => {
  for (const each of ['Annotations', 'JPEGImages', 'ImageSets/Main']) mkdirSync(join(folder, each), { recursive: true });
  const red = { width: 8, height: 6, channels: 3, background: '#f00' } as const;
  await sharp({ create: red }).jpeg({ quality: 100 }).toFile(join(folder, 'JPEGImages/a.jpg'));
  await sharp({ create: { ...red, width: 6, height: 8 } }).toFile(join(folder, 'JPEGImages/other.jpg'));
  const noise = { ...red, noise: { type: 'gaussian', mean: 128, sigma: 50 } } as const;
  const whole = await sharp({ create: noise }).jpeg({ quality: 100 }).toBuffer();
  writeFileSync(join(folder, 'JPEGImages/cut.jpg'), whole.subarray(0, whole.length - 60));
  writeFileSync(join(folder, 'JPEGImages/corrupt.jpg'), 'not a picture');
  writeFileSync(join(folder, 'ImageSets/Main/cut.txt'), 'cut');
  writeFileSync(join(folder, 'ImageSets/Main/size.txt'), 'other');
  for (const name of ['a', 'missing', 'corrupt', 'cut', 'other']) writeFileSync(join(folder, 'Annotations', `${name}.xml`), annotation);
  writeFileSync(join(folder, 'ImageSets/Main/train.txt'), 'a\n');
  writeFileSync(join(folder, 'ImageSets/Main/val.txt'), 'a -1\r\nmissing 1\n');
  writeFileSync(join(folder, 'ImageSets/Main/test.txt'), 'corrupt');
});

describe('readVoc', () => {
  it('reads and decodes', async () => {
    const { classes, pictures } = await readVoc(folder, { split: 'train' });
    expect(classes).toEqual(['cell']);
    expect(pictures[0]).toMatchObject({ name: 'a', width: 8, height: 6, objects: [{ box: [1, 1, 5, 5] }] });
    const { data, width, height } = await pictures[0].load();
    expect([width, height, data.length]).toEqual([8, 6, 144]);
    expect(data[0]).toBeGreaterThan(240);
    expect(data[1]).toBeLessThan(15);
  });

  it('names missing pictures, or leaves them out, and joins splits', async () => {
    await expect(readVoc(folder, { split: 'val' })).rejects.toThrow(/missing\.jpg: missing\.$/);
    const set = await readVoc(folder, { split: ['train', 'val'], invalidPictures: 'skip' });
    expect(set.pictures.map((each) => each.name)).toEqual(['a', 'a']);
  });

  it('names a file that is no picture, and one that is cut off when it is read or verified', async () => {
    await expect(readVoc(folder, { split: 'test' })).rejects.toThrow(/corrupt\.jpg: is no picture/);
    const { pictures } = await readVoc(folder, { split: 'cut' });
    await expect(pictures[0].load()).rejects.toThrow(/cut\.jpg: cannot be decoded/);
    await expect(readVoc(folder, { split: 'cut', verify: true })).rejects.toThrow(/cut\.jpg: cannot be decoded/);
    const set = await readVoc(folder, { split: ['cut', 'train'], verify: true, invalidPictures: 'skip' });
    expect(set.pictures.map((each) => each.name)).toEqual(['a']);
  });

  it('names a picture that has not the size it is annotated with', async () => {
    await expect(readVoc(folder, { split: 'size' })).rejects.toThrow(
      'other: annotated as 8 × 6, but the picture has 6 × 8.',
    );
  });

  it('names a list that is not there, and options that are unknown', async () => {
    await expect(readVoc(folder, { split: 'nothing' })).rejects.toThrow(/nothing\.txt: missing\.$/);
    await expect(readVoc(folder, { split: 'train', clases: [] } as never)).rejects.toThrow("Did you mean 'classes'?");
  });
});
