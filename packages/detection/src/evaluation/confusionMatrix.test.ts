import type { Box } from '@tfjs-compress/math/internal';
import { expect, it } from 'vitest';
import { confusionMatrix } from './confusionMatrix.js';

const at = (x: number): Box => [x, 0, x + 10, 10];
const object = (x: number, name: string, more = {}) => ({ box: at(x), class: name, ...more });
const detection = (x: number, name: string, score = 0.9) => ({ box: at(x), class: name, score });

it('confusionMatrix: right, taken for another, missed, where nothing is', () => {
  const truth = [[object(0, 'cat'), object(50, 'cat'), object(100, 'dog'), object(150, 'dog')]];
  const found = [[detection(1, 'cat'), detection(51, 'dog'), detection(200, 'dog'), detection(101, 'dog', 0.2)]];
  const all = confusionMatrix(found, truth);
  expect(all.classes).toEqual(['cat', 'dog']);
  expect(all.counts).toEqual([
    [1, 1, 0],
    [0, 1, 1],
    [0, 1, 0],
  ]);
  expect(confusionMatrix(found, truth, { scoreThreshold: 0.5 }).counts[1]).toEqual([0, 0, 2]);
});

it('confusionMatrix gives each object and detection once, the pair of most overlap first', () => {
  const truth = [[object(0, 'cat'), object(4, 'dog')]];
  const found = [[detection(3, 'cat', 0.9), detection(0, 'cat', 0.1)]];
  expect(confusionMatrix(found, truth, { iouThreshold: 0.3 }).counts).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
  ]);
});

it('confusionMatrix leaves out difficult objects and crowds, and what belongs to them', () => {
  const crowd = { box: [100, 0, 200, 50] as Box, class: 'cat', crowd: true };
  const truth = [[object(0, 'cat', { difficult: true }), crowd]];
  const found = [[detection(0, 'cat'), detection(1, 'cat'), detection(120, 'cat'), detection(300, 'cat')]];
  expect(confusionMatrix(found, truth).counts).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

it('confusionMatrix names options', () => {
  expect(() => confusionMatrix([], [], { threshold: 1 } as never)).toThrow("confusionMatrix has no option 'threshold'");
  expect(() => confusionMatrix([], [], { scoreThreshold: 2 })).toThrow('scoreThreshold: expected a number from 0 to 1');
});
