import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it, vi } from 'vitest';
import { folderSource, readImage } from './folderSource.js';

const folder = mkdtempSync(join(tmpdir(), 'images-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 24 × 16 pixels, black but for a white left top of what is stored. */
function stored(orientation: number): Promise<Buffer> {
  const data = new Uint8Array(24 * 16 * 3);
  for (let y = 0; y < 8; y++) data.fill(255, y * 24 * 3, (y * 24 + 8) * 3);
  const raw = { width: 24, height: 16, channels: 3 } as const;
  return sharp(data, { raw }).withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer();
}

/**
 * EXIF 2.3, table 6: where the first row and the first column of what is stored are
 * shown.
 */
const places = [
  'top left',
  'top right',
  'bottom right',
  'bottom left',
  'left top',
  'right top',
  'right bottom',
  'left bottom',
];

it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns images as EXIF says: orientation %i', async (orientation) => {
  const name = `${orientation}.jpg`;
  writeFileSync(join(folder, name), await stored(orientation));
  const source = await folderSource(folder);
  const { data, width, height } = await source.decode([name]);
  expect([width, height]).toEqual(orientation < 5 ? [24, 16] : [16, 24]);
  expect(await source.size([name])).toEqual({ width, height });
  expect((await readImage(join(folder, name))).data).toEqual(data);
  const [x, y] = [
    places[orientation - 1].includes('left') ? 2 : width - 3,
    places[orientation - 1].includes('top') ? 2 : height - 3,
  ];
  for (const [i, j] of [
    [2, 2],
    [width - 3, 2],
    [2, height - 3],
    [width - 3, height - 3],
  ]) {
    expect(data[3 * (j * width + i)] > 200).toBe(i === x && j === y);
  }
});

it('gives three bytes a pixel of images with alpha, grey ones, palettes and 16 bits', async () => {
  const create = { width: 4, height: 3, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.5 } } as const;
  const images = {
    alpha: sharp({ create }).png(),
    grey: sharp({ create }).greyscale().removeAlpha().png(),
    palette: sharp({ create }).png({ palette: true }),
    deep: sharp({ create }).toColourspace('rgb16').png(),
  };
  const source = await folderSource(folder);
  for (const [name, image] of Object.entries(images)) {
    await image.toFile(join(folder, `${name}.png`));
    const { data, width, height } = await source.decode([`${name}.png`]);
    expect([name, width, height, data.length]).toEqual([name, 4, 3, 36]);
    if (name === 'alpha' || name === 'deep') expect([...data.subarray(0, 3)]).toEqual([200, 100, 50]);
  }
});

it('takes the first of several files that is there', async () => {
  const source = await folderSource(folder);
  expect((await source.decode(['none.jpg', '1.jpg'])).width).toBe(24);
  await expect(source.decode(['none.jpg', 'neither.png'])).rejects.toThrow(/none\.jpg: missing\.$/);
});

it('says that sharp is missing, whatever is to be skipped', async () => {
  vi.resetModules();
  vi.doMock('sharp', () => {
    throw new Error("Cannot find package 'sharp'");
  });
  const { readVoc } = await import('./readSets.js');
  const options = { split: 'train', invalidImages: 'skip' } as const;
  await expect(readVoc(folder, options)).rejects.toThrow("Reading images in Node needs the package 'sharp'");
  vi.doUnmock('sharp');
});
