import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { augmentImage } from './augment.js';

/** 4 × 2 pixels whose red value is their index. */
const pixels = { data: Uint8Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? i / 3 : 0)), width: 4, height: 2 };
const reds = (data: ArrayLike<number>) => Array.from({ length: data.length / 3 }, (_, i) => data[3 * i]);
const objects = [{ box: [0, 0, 1, 1] as [number, number, number, number], class: 'a' }];

describe('augmentImage', () => {
  it('mirrors pixels and boxes together', () => {
    const across = augmentImage(pixels, objects, { flip: 1 });
    expect(reds(across.pixels.data)).toEqual([3, 2, 1, 0, 7, 6, 5, 4]);
    expect(across.objects[0].box).toEqual([3, 0, 4, 1]);
    const down = augmentImage(pixels, objects, { flipVertically: 1 });
    expect(reds(down.pixels.data)).toEqual([4, 5, 6, 7, 0, 1, 2, 3]);
    expect(down.objects[0].box).toEqual([0, 1, 1, 2]);
  });

  it('crops, moves boxes, and drops those of which less than half is left', () => {
    const draws = [0, 0.999, 0.999, 0];
    const cropped = augmentImage(pixels, [...objects, { box: [2, 0, 4, 2], class: 'b' }], {
      crop: 0.5,
      random: () => draws.shift() ?? 0.5,
    });
    expect([cropped.pixels.width, cropped.pixels.height]).toEqual([2, 2]);
    expect(reds(cropped.pixels.data)).toEqual([2, 3, 6, 7]);
    expect(cropped.objects).toEqual([{ box: [0, 0, 2, 2], class: 'b' }]);
  });

  it('scales: half the size sets the image into grey, twice the size cuts a window', () => {
    const small = augmentImage(pixels, objects, { scale: [0.5, 0.5], random: () => 0.999 });
    expect([small.pixels.width, small.pixels.height]).toEqual([8, 4]);
    expect(reds(small.pixels.data).slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(small.pixels.data.slice(-3)).toEqual(Uint8Array.of(128, 128, 128));
    expect(small.objects).toEqual(objects);
    const large = augmentImage(pixels, objects, { scale: [2, 2], random: () => 0 });
    expect([large.pixels.width, large.pixels.height]).toEqual([2, 1]);
    expect(large.objects).toEqual(objects);
  });

  it('the bright pixel of an image is in the box that marks it, whatever is drawn', () => {
    const unit = fc.double({ min: 0, max: 0.999, noNaN: true });
    const draws = fc.array(unit, { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(fc.nat(11), fc.nat(8), draws, (x, y, random) => {
        const data = new Uint8Array(12 * 9 * 3);
        data.fill(255, (y * 12 + x) * 3, (y * 12 + x) * 3 + 3);
        const marked = [{ box: [x, y, x + 1, y + 1] as [number, number, number, number], class: 'a' }];
        const options = { flip: 0.5, flipVertically: 0.5, crop: 0.5, scale: [0.5, 1.5] as const };
        const out = augmentImage({ data, width: 12, height: 9 }, marked, {
          ...options,
          random: () => random.pop() ?? 0,
        });
        const at = out.pixels.data.indexOf(255) / 3;
        expect(out.objects.length).toBe(at < 0 ? 0 : 1);
        if (at < 0) return;
        const [left, top] = [at % out.pixels.width, Math.floor(at / out.pixels.width)];
        expect(out.objects[0].box).toEqual([left, top, left + 1, top + 1]);
      }),
    );
  });

  it('names arguments that make no sense', () => {
    expect(() => augmentImage(pixels, [], { flip: 2 })).toThrow('augment.flip: expected a probability, 0 to 1');
    expect(() => augmentImage(pixels, [], { scale: [2, 1] })).toThrow('augment.scale: expected two positive factors');
    expect(() => augmentImage(pixels, [], { rotate: 1 } as object)).toThrow("no option 'rotate'");
  });
});
