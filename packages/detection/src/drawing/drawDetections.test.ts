import * as tf from '@tensorflow/tfjs-core';
import type { Box } from '@tfjs-compress/math/internal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { imageBatches } from '../data/imageBatches.js';
import { tinyDetector, tinySet } from '../tinyDetector.testing.js';
import { batchImages } from './batchImages.js';
import { drawDetections } from './drawDetections.js';
import { glyphsOf } from './font.js';
import { imageGrid } from './imageGrid.js';

const image = (color: number[], width = 60, height = 40) => ({
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => color[i % 3]),
  width,
  height,
});
const detection = (box: Box, name = 'cat', score = 0.9) => ({ box, class: name, score });
const luminance = (data: ArrayLike<number>, at: number) => 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2];

describe('drawDetections on pixels', () => {
  it('can be seen on an image of any one color, and leaves the image as it was', () => {
    const channel = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), fc.constantFrom('cat', 'dog', 'bird', 'cow'), (color, name) => {
        const plain = image(color);
        const { data, width } = drawDetections(plain, [detection([20, 15, 50, 35], name)], { label: () => '' });
        expect([...plain.data.subarray(0, 3)]).toEqual(color);
        const across = Array.from({ length: 12 }, (_, i) => luminance(data, 4 * (25 * width + 14 + i)));
        expect(Math.max(...across.map((value) => Math.abs(value - luminance(color, 0))))).toBeGreaterThan(90);
        // Away from the frame nothing has changed.
        expect([...data.subarray(4 * (25 * width + 35), 4 * (25 * width + 35) + 4)]).toEqual([...color, 255]);
      }),
      { numRuns: 40 },
    );
  });

  it('writes labels inside the image, whatever the box, in ink that can be read on their ground', () => {
    const place = fc.integer({ min: -20, max: 70 });
    fc.assert(
      fc.property(fc.tuple(place, place), fc.constantFrom('cat', 'dog', 'bird', 'cow'), ([x, y], name) => {
        const draw = (label: string) =>
          drawDetections(image([90, 90, 90], 90, 60), [detection([x, y, x + 30, y + 20], name)], {
            label: () => label,
          });
        const [without, blank, text] = [draw(''), draw(' '), draw('8')];
        const count = (a: ArrayLike<number>, b: ArrayLike<number>) => {
          let pixels = 0;
          for (let i = 0; i < a.length; i += 4)
            if (a[i] !== b[i] || a[i + 1] !== b[i + 1] || a[i + 2] !== b[i + 2]) pixels++;
          return pixels;
        };
        expect(count(without.data, blank.data)).toBeGreaterThan(0);
        const ink = glyphsOf('8').flat().join('').replace(/\./g, '').length;
        expect(count(blank.data, text.data)).toBe(ink);
        for (let i = 0; i < text.data.length; i += 4) {
          if (text.data[i] === blank.data[i] && text.data[i + 2] === blank.data[i + 2]) continue;
          expect(Math.abs(luminance(text.data, i) - luminance(blank.data, i))).toBeGreaterThan(60);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives classes colors by their places or as told, draws the best above the others, takes objects', () => {
    const colorOf = (name: string, options: object) => {
      const { data, width } = drawDetections(image([0, 0, 0]), [detection([20, 10, 50, 35], name)], options);
      return [...data.subarray(4 * (20 * width + 20), 4 * (20 * width + 20) + 3)];
    };
    const classes = ['cat', 'dog'];
    expect(colorOf('cat', { classes })).not.toEqual(colorOf('dog', { classes }));
    expect(colorOf('dog', { classes, colors: { dog: '#123456' } })).toEqual([0x12, 0x34, 0x56]);
    const box: Box = [20, 10, 50, 35];
    const options = { colors: { low: '#ff0000', high: '#00ff00' }, label: () => '' };
    const both = [detection(box, 'high', 0.9), detection(box, 'low', 0.2)];
    expect(drawDetections(image([0, 0, 0]), both, options).data).toEqual(
      drawDetections(image([0, 0, 0]), both.reverse(), options).data,
    );
    const { data } = drawDetections(image([0, 0, 0]), both, options);
    expect([...data.subarray(4 * (20 * 60 + 20), 4 * (20 * 60 + 20) + 3)]).toEqual([0, 255, 0]);
    drawDetections(image([0, 0, 0]), [{ box, class: 'Zürich 1/2 №' }]);
    expect(glyphsOf('ü')).toEqual(glyphsOf('U'));
  });

  it('names what is none', () => {
    const plain = image([0, 0, 0]);
    expect(() => drawDetections(plain, [], { color: {} } as never)).toThrow("Did you mean 'colors'?");
    expect(() => drawDetections(plain, [], { colors: { cat: 'red' } })).toThrow(
      "colors.cat: expected a color '#rrggbb'",
    );
    expect(() => drawDetections({ ...plain, width: 7 }, [])).toThrow('target: expected');
    expect(() => drawDetections({} as never, [])).toThrow('target: expected a canvas, its 2D context, or pixels');
    expect(() => drawDetections(plain, 'all' as never)).toThrow('detections: expected a list');
  });
});

describe('imageGrid', () => {
  it('shows the images of a batch with their boxes, as the network gets them', async () => {
    for (const preprocessing of ['tf', 'caffe', 'torch'] as const) {
      const detector = tinyDetector({ preprocessing });
      const set = tinySet(3);
      set.images[1].objects[0].difficult = true;
      const batches = await imageBatches(detector, set, { batchSize: 3, shuffle: false }).iterator();
      const { value } = await batches.next();
      const images = await batchImages(detector, value);
      const { data } = await set.images[0].load();
      for (const [i, { pixels, objects }] of images.entries()) {
        expect(pixels.data.every((byte, k) => Math.abs(byte - data[k]) <= 1)).toBe(true);
        expect(objects).toEqual(i === 1 ? [] : [{ box: [10, 8, 22, 20], class: 'square' }]);
      }
      const grid = imageGrid(images, { columns: 2, cell: 48 });
      expect([grid.width, grid.height, grid.data.length]).toEqual([114, 82, 4 * 114 * 82]);
      const drawn = drawDetections(images[0].pixels, images[0].objects);
      for (let y = 0; y < 32; y++) {
        const at = 4 * ((6 + y) * 114 + 6);
        expect(grid.data.subarray(at, at + 4 * 48)).toEqual(drawn.data.subarray(4 * 48 * y, 4 * 48 * (y + 1)));
      }
      tf.dispose(value);
    }
  });

  it('names what it cannot show', async () => {
    const detector = tinyDetector();
    const { value } = await (await (await cachedBatches(detector, tinySet())).iterator()).next();
    await expect(batchImages(detector, value)).rejects.toThrow('batch: expected one of imageBatches()');
    expect(() => imageGrid([])).toThrow('images: expected at least one');
    const one = { pixels: image([0, 0, 0]), objects: [] };
    expect(() => imageGrid([one], { cells: 3 } as never)).toThrow("imageGrid has no option 'cells'");
    expect(() => imageGrid([one], { columns: 0 })).toThrow('columns: expected an integer ≥ 1');
  });
});
