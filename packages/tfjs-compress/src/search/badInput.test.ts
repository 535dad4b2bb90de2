import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compress } from './compress.js';
import { type TinyProblem, tinyProblem } from './testing.js';

let problem: TinyProblem;
beforeAll(async () => {
  problem = await tinyProblem();
});
afterAll(() => problem.dispose());

describe('errors before any work', () => {
  const model = () => problem.model;
  const cases: [string, object, RegExp][] = [
    ['no train', { train: undefined }, /^train: expected a function/],
    ['no evaluate', { evaluate: 3 }, /^evaluate: expected a function/],
    ['two goals', { maxLoss: 0.1, maxBytes: 100 }, /expected one of maxLoss, maxBytes and maxMultiplyAdds/],
    ['a misspelled option', { maxByte: 100 }, /Did you mean 'maxBytes'/],
    ['maxLoss', { maxLoss: Number.NaN }, /^maxLoss: expected a finite number, received NaN/],
    ['maxBytes', { maxBytes: 0 }, /^maxBytes: expected a number > 0/],
    ['minutes', { minutes: Number.NaN }, /^minutes: expected a number > 0/],
    ['trials', { trials: 1.5 }, /^trials: expected an integer ≥ 1/],
    ['epochs', { epochs: 1 }, /^epochs: expected an integer ≥ 2/],
    ['signal', { signal: 3 }, /^signal: expected an AbortSignal/],
    ['output', { output: '' }, /^output: expected a folder's name/],
    ['verbose', { verbose: 2 }, /^verbose: expected 0 or 1/],
  ];
  it.each(cases)('%s', async (_, options, message) => {
    let calls = 0;
    const counted = { train: () => calls++, evaluate: () => calls++ };
    await expect(compress(model(), { ...counted, ...options } as never)).rejects.toThrow(message);
    expect(calls).toBe(0);
  });

  it('a model that is none', async () => {
    await expect(compress({} as never, { train: () => {}, evaluate: () => 1 })).rejects.toThrow(/model/);
  });

  it.each([
    ['nothing', undefined, /^evaluate's result: expected a finite number, { score, examples }, or a list .*undefined/],
    ['NaN', Number.NaN, /received NaN/],
    ['a score that is none', { score: '1' }, /^evaluate's result/],
    ['a list of nothing', [], /^evaluate's result: expected the score of each example, received \[\]/],
    ['a list with NaN', Float32Array.of(1, Number.NaN), /^evaluate's score of example 1: expected a finite number/],
    ['a list of other things', [1, true], /^evaluate's score of example 1: expected a finite number, received true/],
    ['no number of examples', { score: 1, examples: 0 }, /^evaluate's examples: expected a positive integer/],
  ])('an evaluate that returns %s', async (_, result, message) => {
    let trained = 0;
    const train = () => trained++;
    await expect(compress(model(), { train, evaluate: () => result as never })).rejects.toThrow(message);
    expect(trained).toBe(0);
  });

  it('a model without a kernel that is trained', async () => {
    const frozen = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [2], trainable: false })] });
    await expect(compress(frozen, { train: () => {}, evaluate: () => 1 })).rejects.toThrow(
      /expected a trainable dense/,
    );
    frozen.dispose();
  });
});
