import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readVoc } from './readSets.js';
import { namesIn } from './vocSet.js';

const folder = mkdtempSync(join(tmpdir(), 'voc-'));
const object =
  '<object><name>cell</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object>';
const size = '<size><width>8</width><height>6</height></size>';
const annotation = (content = size + object) => `<annotation>${content}</annotation>`;
const write = (file: string, content: string | Buffer) => writeFileSync(join(folder, file), content);
const red = { width: 8, height: 6, channels: 3, background: '#f00' } as const;

beforeAll(async () => {
  for (const each of ['Annotations', 'JPEGImages', 'ImageSets/Main'])
    mkdirSync(join(folder, each), { recursive: true });
  const image = (file: string, args = red) => sharp({ create: args }).toFile(join(folder, 'JPEGImages', file));
  await sharp({ create: red }).jpeg({ quality: 100 }).toFile(join(folder, 'JPEGImages/a.jpg'));
  await image('two words.PNG');
  await image('other.jpg', { ...red, width: 6, height: 8 } as never);
  const noise = { ...red, noise: { type: 'gaussian', mean: 128, sigma: 50 } } as const;
  const whole = await sharp({ create: noise }).jpeg({ quality: 100 }).toBuffer();
  write('JPEGImages/cut.jpg', whole.subarray(0, whole.length - 60));
  write('JPEGImages/corrupt.jpg', 'not an image');
  const names = ['a', 'missing', 'corrupt', 'cut', 'other', 'two words'];
  for (const name of names) write(`Annotations/${name}.xml`, annotation());
  write('Annotations/zeros.xml', annotation(size.replace(/\d/g, '0') + object));
  write('Annotations/sizeless.xml', annotation(`<filename>C:\\images\\a.jpg</filename>${object}`));
  write('Annotations/broken.xml', annotation().slice(0, 60));
  write('ImageSets/Main/train.txt', 'a\n');
  write('ImageSets/Main/val.txt', 'a -1\r\nmissing 1\n');
  const lists = { test: 'corrupt', cut: 'cut', size: 'other', spaces: 'two words  1\na -1', broken: 'broken' };
  for (const [name, list] of Object.entries(lists)) write(`ImageSets/Main/${name}.txt`, list);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('readVoc', () => {
  it('reads and decodes', async () => {
    const { classes, images, skipped } = await readVoc(folder, { split: 'train' });
    expect([classes, skipped]).toEqual([['cell'], []]);
    expect(images[0]).toMatchObject({ name: 'a', width: 8, height: 6, objects: [{ box: [1, 1, 5, 5] }] });
    const { data, width, height } = await images[0].load();
    expect([width, height, data.length]).toEqual([8, 6, 144]);
    expect(data[0]).toBeGreaterThan(240);
    expect(data[1]).toBeLessThan(15);
  });

  it('names missing images; or leaves them out, says so and why, and joins splits', async () => {
    await expect(readVoc(folder, { split: 'val' })).rejects.toThrow(/missing\.jpg: missing\.$/);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const set = await readVoc(folder, { split: ['train', 'val'], invalidImages: 'skip' });
    expect(set.images.map((each) => each.name)).toEqual(['a']);
    expect(set.skipped).toEqual([{ name: 'missing', reason: expect.stringMatching(/missing\.jpg: missing\.$/) }]);
    expect(warn.mock.calls.join()).toMatch(/^readVoc: 1 left out, .*missing\.jpg: missing\.$/);
    warn.mockRestore();
    await expect(readVoc(folder, { split: 'test', invalidImages: 'skip' })).rejects.toThrow(
      /readVoc: none of 1 images can be read\. The first: .*corrupt\.jpg: is not an image/,
    );
  });

  it('names a file that is not an image, and one that is cut off when it is read or verified', async () => {
    await expect(readVoc(folder, { split: 'test' })).rejects.toThrow(/corrupt\.jpg: is not an image/);
    const { images } = await readVoc(folder, { split: 'cut' });
    await expect(images[0].load()).rejects.toThrow(/cut\.jpg: cannot be decoded/);
    await expect(readVoc(folder, { split: 'cut', verify: true })).rejects.toThrow(/cut\.jpg: cannot be decoded/);
    await expect(readVoc(folder, { split: 'broken' })).rejects.toThrow(/broken\.xml: not well-formed XML \(1:\d+/);
  });

  it('names an image that has not the size it is annotated with', async () => {
    await expect(readVoc(folder, { split: 'size' })).rejects.toThrow(
      'other: annotated as 8 × 6, but the image has 6 × 8 (images are turned as their EXIF data say',
    );
  });

  it('takes the size from the image where the annotation has none, and the image by <filename>', async () => {
    const set = await readVoc(folder, { names: ['zeros', 'sizeless'] }).catch((error) => error.message);
    expect(set).toMatch(/zeros\.jpg: missing\.$/);
    const { images } = await readVoc(folder, { names: ['sizeless'] });
    expect(images.map(({ name, width, height }) => [name, width, height])).toEqual([['sizeless', 8, 6]]);
  });

  it('takes images of any extension, names with spaces, lists with labels', async () => {
    const { images } = await readVoc(folder, { split: 'spaces' });
    expect(images.map(({ name }) => name)).toEqual(['two words', 'a']);
    expect((await images[0].load()).width).toBe(8);
    expect(namesIn('\ufeffa b\n c 1\n'.slice(1))).toEqual(['a b', 'c 1']);
    expect(namesIn('a b -1\n c  1\nd 0')).toEqual(['a b', 'c', 'd']);
  });

  it('reads folders without lists, and everything in one folder', async () => {
    const flat = mkdtempSync(join(tmpdir(), 'flat-'));
    for (const name of ['one', 'deep/two']) {
      mkdirSync(join(flat, name, '..'), { recursive: true });
      writeFileSync(join(flat, `${name}.xml`), annotation());
      await sharp({ create: red })
        .webp()
        .toFile(join(flat, `${name}.webp`));
    }
    const folders = { annotations: '.', images: '.' };
    const { images } = await readVoc(flat, { names: 'all', folders });
    expect(images.map(({ name }) => name)).toEqual(['deep/two', 'one']);
    expect((await images[0].load()).height).toBe(6);
    rmSync(flat, { recursive: true });
    await expect(readVoc(folder, { names: 'all', folders: { annotations: 'JPEGImages' } })).rejects.toThrow(
      'names: expected XML files in JPEGImages, received',
    );
  });

  it('leaves out what is of other classes only if asked to', async () => {
    const options = { split: 'train', classes: ['dog'] };
    await expect(readVoc(folder, options)).rejects.toThrow("a: class 'cell' is not among the classes given: dog.");
    const set = await readVoc(folder, { ...options, otherClasses: 'skip' });
    expect([set.classes, set.images[0].objects]).toEqual([['dog'], []]);
  });

  it('names a list that is not there, and options that are unknown', async () => {
    await expect(readVoc(folder, { split: 'nothing' })).rejects.toThrow(/nothing\.txt: missing\.$/);
    await expect(readVoc(folder, { split: 'train', clases: [] } as never)).rejects.toThrow("Did you mean 'classes'?");
    await expect(readVoc(folder, { split: 'train', folders: { image: '' } } as never)).rejects.toThrow(
      "readVoc.folders has no option 'image'. Did you mean 'images'?",
    );
    await expect(readVoc(folder, undefined as never)).rejects.toThrow('split: expected a list of ImageSets/Main');
    await expect(readVoc(folder, { split: 'train', names: 'all' })).rejects.toThrow(
      'names: expected no split beside it',
    );
    await expect(readVoc(folder, { split: 'train', invalidBoxes: 'drop' as never })).rejects.toThrow(
      "invalidBoxes: expected 'error' or 'skip', received 'drop'.",
    );
  });
});
