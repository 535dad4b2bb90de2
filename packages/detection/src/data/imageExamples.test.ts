import * as tf from '@tensorflow/tfjs-core';
import * as tfData from '@tensorflow/tfjs-data';
import { expect, it } from 'vitest';
import { tinySet } from '../tinyDetector.testing.js';
import { imageExamples } from './imageExamples.js';

it('imageExamples is what tf.data makes a dataset of', async () => {
  const set = tinySet(3);
  set.images[1].objects = [];
  const dataset = tfData.generator((() => imageExamples(set, { flip: 1 })) as never);
  const seen: unknown[] = [];
  await dataset.forEachAsync((example) => {
    const { image, boxes, classes } = example as unknown as Record<string, tf.Tensor>;
    seen.push([image.shape, boxes.arraySync(), [...classes.dataSync()]]);
    tf.dispose([image, boxes, classes]);
  });
  const one = [[32, 48, 3], [[26, 8, 38, 20]], [1]];
  expect(seen).toEqual([one, [[32, 48, 3], [], []], one]);
});
