import { describe, expect, it } from 'vitest';
import { augmentPicture } from './augment.js';

/** 4 × 2 pixels whose red value is their index. */
const pixels = { data: Uint8Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? i / 3 : 0)), width: 4, height: 2 };
const reds = (data: ArrayLike<number>) => Array.from({ length: data.length / 3 }, (_, i) => data[3 * i]);
const objects = [{ box: [0, 0, 1, 1] as [number, number, number, number], class: 'a' }];

describe('augmentPicture', () => {
  it('mirrors pixels and boxes together', () => {
    const across = augmentPicture(pixels, objects, { flip: 1 });
    expect(reds(across.pixels.data)).toEqual([3, 2, 1, 0, 7, 6, 5, 4]);
    expect(across.objects[0].box).toEqual([3, 0, 4, 1]);
    const down = augmentPicture(pixels, objects, { flipVertically: 1 });
    expect(reds(down.pixels.data)).toEqual([4, 5, 6, 7, 0, 1, 2, 3]);
    expect(down.objects[0].box).toEqual([0, 1, 1, 2]);
  });

  it('crops, moves boxes, and drops those of which less than half is left', () => {
    const draws = [0, 0.999, 0.999, 0];
    const cropped = augmentPicture(pixels, [...objects, { box: [2, 0, 4, 2], class: 'b' }], {
      crop: 0.5,
      random: () => draws.shift() ?? 0.5,
    });
    expect([cropped.pixels.width, cropped.pixels.height]).toEqual([2, 2]);
    expect(reds(cropped.pixels.data)).toEqual([2, 3, 6, 7]);
    expect(cropped.objects).toEqual([{ box: [0, 0, 2, 2], class: 'b' }]);
  });
});
