import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { pack } from '@tfjs-compress/format';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { expectNoLeak, seededTensor, weightsOf } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { measureBaseline } from './measureBaseline.js';
import { Start } from './Start.js';

/**
 * Two kernels of one size and one distribution; the score counts errors of the second ten
 * times.
 */
async function twoKernels() {
  const layers = ['harmless', 'sensitive'].map((name) =>
    tfl.layers.conv2d({ name, filters: 6, kernelSize: 3, padding: 'same' }),
  );
  const input = tfl.input({ shape: [4, 4, 6] });
  const model = tfl.model({ inputs: input, outputs: layers.map((each) => each.apply(input) as tfl.SymbolicTensor) });
  const original = weightsOf(model);
  const evaluate = async (copy: tfl.LayersModel) => {
    const now = weightsOf(copy);
    const error = (i: number) => now[i].reduce((sum, value, j) => sum + (value - original[i][j]) ** 2, 0);
    return -(error(0) + 10 * error(2));
  };
  return { model, evaluate };
}

it('tells sensitive kernels from others, and leaves the model and no tensor behind', async () => {
  const { model, evaluate } = await twoKernels();
  const before = weightsOf(model);
  const baseline = await expectNoLeak(async () => measureBaseline(await Start.of(model), evaluate));
  expect(weightsOf(model)).toEqual(before);
  expect(baseline.score).toBeCloseTo(0);
  expect(baseline.sizeBytes).toBe(pack(await artifactsOf(model)).length);
  // 4 × 4 places, 6 × 6 × 9 weights.
  expect(baseline.multiplyAdds).toBe(2 * 16 * 324);
  const { 'harmless/kernel': harmless, 'sensitive/kernel': sensitive } = baseline.kernels;
  expect([harmless.weights, harmless.positions]).toEqual([324, 16]);
  const loss = ({ choices }: typeof harmless) =>
    choices.find(({ sparsity, bits }) => bits === 32 && sparsity > 0.7)!.loss;
  expect(loss(sensitive)).toBeGreaterThan(2 * loss(harmless));
  model.dispose();
});

it('asks for a rough score where that will do', async () => {
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [5] })] });
  const kernel = seededTensor([5, 3], 1);
  model.setWeights([kernel, tf.zeros([3])]);
  const asked: (number | undefined)[] = [];
  await measureBaseline(await Start.of(model), (_, { examples }) => {
    asked.push(examples);
    return { score: 0.5, examples: examples ?? 5000 };
  });
  expect(asked.filter((examples) => examples === undefined).length).toBe(1);
  expect(new Set(asked)).toEqual(new Set([undefined, 1000]));
  kernel.dispose();
  model.dispose();
});
