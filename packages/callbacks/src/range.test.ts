import * as tf from '@tensorflow/tfjs-core';
import { codebookOf, countOnLevels } from '@tfjs-compress/math';
import { smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { INQScheduler } from './INQScheduler.js';

it("with range: 'leastError' the levels round the kernel best as it was before, and a large weight costs no others", async () => {
  const { x, y } = smallProblem();
  const zeros = new Map<string, number>();
  for (const range of ['largest', 'leastError'] as const) {
    const model = smallModel();
    const [first] = model.weights;
    // As in trained kernels: a few are much larger than the others.
    const values = Float32Array.from(first.read().dataSync(), (value, i) => (i === 5 ? 1.2 : value));
    const tensor = tf.tensor(values, first.shape as number[]);
    first.write(tensor);
    tensor.dispose();
    const callbacks = new INQScheduler({ bits: 2, range, steps: [0.5, 0.75, 1], verbose: 0 });
    await model.fit(x, y, { epochs: 4, batchSize: 16, shuffle: false, verbose: 0, callbacks });
    const [after] = weightsOf(model);
    const codebook = codebookOf(values, 2, undefined, range);
    expect(countOnLevels(after, codebook)).toBe(after.length);
    expect(Math.abs(after[5])).toBe(2 ** codebook.ranges[0]!.n1);
    zeros.set(range, after.filter((value) => value === 0).length);
    model.dispose();
  }
  expect(zeros.get('largest')).toBeGreaterThan(110);
  expect(zeros.get('leastError')).toBeLessThan(70);
  tf.dispose([x, y]);
});
