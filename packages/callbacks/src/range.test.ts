import * as tf from '@tensorflow/tfjs-core';
import { codebookOf, countOnLevels } from '@tfjs-compress/math';
import { smallModel, smallProblem, weightsOf } from '@tfjs-compress/testing';
import { expect, it, vi } from 'vitest';
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

it('says before the first step where most weights would become 0, once, and only what another range changes', async () => {
  const { x, y } = smallProblem();
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const said = async (options: object) => {
    log.mockClear();
    const model = smallModel();
    const [first] = model.weights;
    const tensor = tf.randomNormal(first.shape as number[], 0, 0.05, 'float32', 3);
    const values = tensor.dataSync();
    values[5] = 1.2;
    const large = tf.tensor(values, first.shape as number[]);
    first.write(large);
    tf.dispose([tensor, large]);
    const callbacks = new INQScheduler({ steps: [0.5, 0.75, 1], verbose: 1, ...options });
    await model.fit(x, y, { epochs: 4, batchSize: 16, shuffle: false, verbose: 0, callbacks });
    model.dispose();
    return log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('become 0'));
  };
  const [line, ...more] = await said({ bits: 2 });
  expect(line).toMatch(
    /^INQScheduler: \d\d% of the weights will become 0, .* range: 'leastError' up to \d\d% are kept/,
  );
  expect(more).toEqual([]);
  // Here no step is taken in the first epochs.
  expect(await said({ bits: 2, steps: [1] })).toEqual([line]);
  expect(await said({ bits: 2, range: 'leastError' })).toEqual([]);
  expect(await said({ bits: 2, verbose: 0 })).toEqual([]);
  expect(await said({ bits: 5 })).toEqual([]);
  log.mockRestore();
  tf.dispose([x, y]);
});
