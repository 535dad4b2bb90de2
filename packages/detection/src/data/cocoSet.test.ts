import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCoco } from './readSets.js';

const folder = mkdtempSync(join(tmpdir(), 'coco-'));
const file = join(folder, 'instances.json');
const images = join(folder, 'images');
const content = {
  images: [
    { id: 7, file_name: 'a.png', width: 8, height: 6 },
    { id: 3, file_name: 'b.png', width: 8, height: 6 },
  ],
  annotations: [
    { image_id: 7, category_id: 90, bbox: [1, 2, 3, 4], area: 5, iscrowd: 0 },
    { image_id: 7, category_id: 2, bbox: [0, 0, 8, 6], area: 48, iscrowd: 1 },
  ],
  categories: [
    { id: 90, name: 'toothbrush' },
    { id: 2, name: 'bicycle' },
  ],
};
const write = (changed: object) => writeFileSync(file, JSON.stringify({ ...content, ...changed }));

beforeAll(async () => {
  mkdirSync(images);
  const grey = { width: 8, height: 6, channels: 3, background: '#808080' } as const;
  for (const name of ['a.png', 'b.png']) await sharp({ create: grey }).greyscale().toFile(join(images, name));
});

describe('readCoco', () => {
  it('reads classes by id, corners, crowds, images without objects, and grey images as three channels', async () => {
    write({});
    const set = await readCoco(file, images);
    expect(set.classes).toEqual(['bicycle', 'toothbrush']);
    expect(set.images.map(({ name, objects }) => [name, objects])).toEqual([
      [
        'a.png',
        [
          { box: [1, 2, 4, 6], class: 'toothbrush', area: 5, crowd: false },
          { box: [0, 0, 8, 6], class: 'bicycle', area: 48, crowd: true },
        ],
      ],
      ['b.png', []],
    ]);
    const { data } = await set.images[0].load();
    expect([data.length, data[0], data[2]]).toEqual([144, 128, 128]);
  });

  it('takes string ids, iscrowd as a boolean, a byte order mark, and sizes from the images', async () => {
    const entries = content.images.map(({ id, file_name }) => ({ id: `im${id}`, file_name }));
    const annotations = content.annotations.map((each) => ({
      ...each,
      image_id: `im${each.image_id}`,
      category_id: String(each.category_id),
      iscrowd: each.iscrowd === 1,
    }));
    writeFileSync(file, `\ufeff${JSON.stringify({ ...content, images: entries, annotations })}`);
    const set = await readCoco(file, images);
    expect(set.images.map(({ id, width, height }) => [id, width, height])).toEqual([
      ['im7', 8, 6],
      ['im3', 8, 6],
    ]);
    expect(set.images[0].objects.map(({ crowd }) => crowd)).toEqual([false, true]);
    expect(set.categoryIds).toEqual({ bicycle: 2, toothbrush: 90 });
  });

  it('reads a selection of classes', async () => {
    write({});
    const set = await readCoco(file, images, { classes: ['toothbrush'], otherClasses: 'skip' });
    expect([set.classes, set.images[0].objects.length]).toEqual([['toothbrush'], 1]);
    await expect(readCoco(file, images, { classes: ['toothbrush'] })).rejects.toThrow(
      "class 'bicycle' is not among the classes given: toothbrush. otherClasses: 'skip' leaves such objects out.",
    );
    await expect(readCoco(file, images, { classes: ['tothbrush'], otherClasses: 'skip' })).rejects.toThrow(
      "classes: expected categories of instances.json (bicycle, toothbrush), received 'tothbrush'.",
    );
    await expect(readCoco(file, images, { otherclasses: 'skip' } as never)).rejects.toThrow(
      "readCoco has no option 'otherclasses'. Did you mean 'otherClasses'?",
    );
  });

  it.each([
    [{ images: [...content.images, content.images[0]] }, 'images[2] has the id 7, which another one has, too.'],
    [{ images: [{ id: 7, width: 8, height: 6 }] }, 'instances.json: images[0] has no file_name.'],
    [{ categories: [...content.categories, { id: 5, name: 'bicycle' }] }, "two categories have the name 'bicycle'."],
    [{ images: [...content.images, null] }, "no list 'images'"],
    [{ categories: content.categories.slice(1) }, 'instances.json: annotations[0] has category 90, which has no name.'],
    [{ images: content.images.slice(1) }, 'annotations[0] belongs to image 7, which is not among the images.'],
    [{ annotations: [{ ...content.annotations[0], bbox: [1, 2, 3] }] }, 'bbox is [1,2,3], not four numbers.'],
    [
      { annotations: [{ ...content.annotations[0], bbox: [1, 2, 0, 3] }] },
      "a.png: the box [1, 2, 1, 5] of 'toothbrush' has no",
    ],
    [{ images: [{ id: 7, file_name: 'c.png', width: 8, height: 6 }] }, /c\.png: missing\.$/],
    [{ categories: undefined }, "no list 'categories'"],
  ])('names what is wrong: %j', async (changed, message) => {
    write(changed);
    await expect(readCoco(file, images)).rejects.toThrow(message);
  });

  it('names a file that is not JSON', async () => {
    writeFileSync(file, '{');
    await expect(readCoco(file, images)).rejects.toThrow('instances.json: not JSON');
  });
});
