import { describe, expect, it } from 'vitest';
import { describeInput, likelyRange } from './describe.js';

const topology = (...classNames: string[]) => ({
  class_name: 'Sequential',
  config: { layers: classNames.map((class_name) => ({ class_name, config: {} })) },
});
const input = (shape: (number | null)[], dtype = 'float32') => ({ name: 'x', shape: [null, ...shape], dtype });

describe('an input is asked for as', () => {
  it.each([
    ['an image, drawn', [28, 28, 1], { kind: 'image', height: 28, width: 28, channels: 1, shape: [1, 28, 28, 1] }],
    ['an image, drawn', [784], { kind: 'image', height: 28, width: 28, channels: 1, shape: [1, 784] }],
    ['an image, drawn', [28, 28], { kind: 'image', height: 28, width: 28, channels: 1, shape: [1, 28, 28] }],
    ['a photograph', [32, 48, 3], { kind: 'image', height: 32, width: 48, channels: 3, shape: [1, 32, 48, 3] }],
    ['a photograph', [null, null, 3], { kind: 'image', height: 224, width: 224, shape: [1, 224, 224, 3] }],
    ['numbers', [4], { kind: 'numbers', count: 4, shape: [1, 4] }],
    ['numbers', [49], { kind: 'numbers', count: 49 }],
    ['numbers', [90], { kind: 'numbers', count: 90 }],
    ['numbers', [28, 14], { kind: 'numbers', count: 392, shape: [1, 28, 14] }],
    ['numbers', [28, 28, 4], { kind: 'numbers', count: 3136 }],
    ['numbers', [null], { kind: 'numbers', count: null, shape: null }],
    ['numbers', [null, 3], { kind: 'numbers', count: null, shape: null }],
  ])('%s: %j', (_, shape, expected) => {
    expect(describeInput(input(shape), topology('Dense'))).toMatchObject(expected);
  });

  it('numbers where a square number of them are indexes', () => {
    expect(describeInput(input([64]), topology('Embedding', 'LSTM'))).toMatchObject({ kind: 'numbers', count: 64 });
    expect(describeInput(input([64], 'int32'), topology('Dense'))).toMatchObject({ kind: 'numbers', count: 64 });
    expect(describeInput(input([64]), topology('Dense'))).toMatchObject({ kind: 'image' });
  });
});

it('the range of values follows from the layers', () => {
  const photograph = [describeInput(input([32, 32, 3]), topology())];
  const drawing = [describeInput(input([28, 28, 1]), topology())];
  expect(likelyRange(photograph, topology('Conv2D'))).toBe('0..1');
  expect(likelyRange(photograph, topology('Rescaling', 'DepthwiseConv2D'))).toBe('0..255');
  expect(likelyRange(photograph, { config: { layers: [topology('Conv2D', 'DepthwiseConv2D')] } })).toBe('-1..1');
  expect(likelyRange(drawing, topology('SeparableConv2D'))).toBe('0..1');
});
