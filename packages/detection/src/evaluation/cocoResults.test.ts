import { expect, it } from 'vitest';
import { cocoResults } from './cocoResults.js';

const image = { name: 'p', width: 50, height: 50, objects: [], load: () => Promise.reject(new Error()) };

it('cocoResults has the ids of images and categories, and boxes by their sizes', () => {
  const set = { classes: ['cat'], categoryIds: { cat: 17 }, images: [{ ...image, id: 42 }] };
  const found = [{ box: [1, 2, 11, 32] as [number, number, number, number], class: 'cat', score: 0.5 }];
  expect(cocoResults([found], set)).toEqual([{ image_id: 42, category_id: 17, bbox: [1, 2, 10, 30], score: 0.5 }]);
  expect(() => cocoResults([found], { ...set, categoryIds: undefined })).toThrow(
    'one that readCoco() or fetchCoco() gave',
  );
  expect(() => cocoResults([found], { ...set, images: [image] })).toThrow('image p: expected an id');
  expect(() => cocoResults([[{ ...found[0], class: 'dog' }]], set)).toThrow(
    "class: expected one of cat, received 'dog'.",
  );
});
