import * as tf from '@tensorflow/tfjs-core';
import { input, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { gridBoxes } from '@tfjs-compress/math/internal';
import { expectNoLeak } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { tinyDetector } from '../tinyDetector.testing.js';
import { connectProposalHead, type LayerLookup } from './network.js';
import { WindowScorer } from './WindowScorer.js';

for (const variant of ['full', 'fast'] as const) {
  it(`${variant}: scores every window as the stage does by itself, in the windows' order`, async () => {
    const detector = tinyDetector({ variant });
    const { config, strides } = detector;
    const get: LayerLookup = (name) => detector.model.getLayer(name);
    const [high, wide] = [7, 9];
    const channels = variant === 'fast' ? 4 : 3 * config.channels;
    const map = tf.randomNormal([1, high, wide, channels], 0, 1, 'float32', 4) as tf.Tensor4D;
    const [width, height] = [wide * strides[1], high * strides[1]];

    const inputs = [input({ shape: [null, null, channels] }), input({ shape: [null, 4] })];
    const pooled = get('proposal_roi_scored').apply(inputs) as SymbolicTensor;
    const stage = model({ inputs, outputs: connectProposalHead(get, config, pooled) });
    const windows = gridBoxes({ width, height, ...config.candidates });
    const expected = stage.predict([map, tf.tensor3d(windows, [1, windows.length / 4, 4])]) as tf.Tensor[];

    // All at once, and in portions of which the last is smaller.
    for (const largestPooled of [undefined, 3 * high * wide * config.roiSize ** 2 * 4]) {
      const scorer = new WindowScorer(get, config, largestPooled);
      const scored = await expectNoLeak(() => scorer.score(map, width, height));
      expect(scored.windows).toEqual(windows);
      for (const [given, wanted] of [
        [scored.logits, expected[0]],
        [scored.offsets, expected[1]],
      ] as const) {
        const values = wanted.dataSync();
        expect(given.length).toBe(values.length);
        expect(Math.max(...values.map((value, i) => Math.abs(value - given[i])))).toBeLessThan(1e-5);
      }
    }
  });
}
