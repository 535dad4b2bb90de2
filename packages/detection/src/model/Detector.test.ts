import * as tf from '@tensorflow/tfjs-core';
import { expectNoLeak } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { pictureBatches } from '../data/pictureBatches.js';
import { tinyDetector, tinyPicture, tinySet } from '../tinyDetector.testing.js';
import { Detector } from './Detector.js';

/** Convolutions have no gradient on WASM by themselves (@tfjs-compress/wasm-training adds it). */
const trains = () => tf.getBackend() !== 'wasm';

async function throughMemory(detector: Detector): Promise<Detector> {
  let saved: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined }));
    (saved as tf.io.ModelArtifacts).weightData = artifacts.weightData;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await detector.save(handler);
  return Detector.load(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
}

describe('Detector', () => {
  for (const variant of ['full', 'fast'] as const) {
    it(`${variant}: detects within the picture, best first, and leaves no tensor`, async () => {
      const detector = tinyDetector({ variant });
      const picture = tinyPicture();
      await detector.detect(picture);
      const found = await expectNoLeak(() => detector.detect(picture, { scoreThreshold: 0, maxDetections: 7 }));
      expect(found.length).toBe(7);
      found.forEach(({ box: [x1, y1, x2, y2], class: name, score }, i) => {
        expect(x1 >= 0 && y1 >= 0 && x2 <= 48.001 && y2 <= 32.001 && x2 > x1 && y2 > y1).toBe(true);
        expect(['square', 'bar']).toContain(name);
        expect(score).toBeLessThanOrEqual(i === 0 ? 1 : found[i - 1].score);
      });
      const proposals = await expectNoLeak(() => detector.propose(picture, 5));
      expect(proposals.length).toBe(5);
    });

    it(`${variant}: gives the same after save and load`, async () => {
      const detector = tinyDetector({ variant });
      const loaded = await throughMemory(detector);
      expect(loaded.config).toEqual(detector.config);
      const picture = tinyPicture();
      const options = { scoreThreshold: 0 };
      expect(await loaded.detect(picture, options)).toEqual(await detector.detect(picture, options));
    });
  }

  it('learns the one object of a tiny set, on cached features, and leaves no tensor behind an epoch', async () => {
    if (!trains()) return;
    const detector = tinyDetector({ dropout: 0 });
    detector.compile(tf.train.adam(5e-3), detector.headModel);
    const batches = await cachedBatches(detector, tinySet(), { batchSize: 2, flips: ['horizontal'] });
    await detector.headModel.fitDataset(batches, { epochs: 1, verbose: 0 });
    const history = await expectNoLeak(() => detector.headModel.fitDataset(batches, { epochs: 40, verbose: 0 }));
    const losses = history.history.loss as number[];
    expect(losses[39]).toBeLessThan(0.7 * losses[0]);
    for (const term of ['objectness', 'proposalBox', 'classification', 'detectionBox']) {
      expect(history.history[term].length).toBe(40);
    }
  });

  it('trains from pictures, trunk included, with the statistics of batch normalization untouched', async () => {
    if (!trains()) return;
    const detector = tinyDetector({ fineTune: true });
    detector.compile(tf.train.sgd(0.01));
    const weight = (name: string) => {
      const found = detector.model.weights.find((each) => each.originalName === name);
      return [...(found as NonNullable<typeof found>).read().dataSync()];
    };
    const before = [weight('c1/kernel'), weight('bn1/moving_mean')];
    const batches = pictureBatches(detector, tinySet(), { batchSize: 2, augment: { flip: 0.5, crop: 0.9 } });
    await detector.model.fitDataset(batches, { epochs: 1, verbose: 0 });
    expect(weight('c1/kernel')).not.toEqual(before[0]);
    expect(weight('bn1/moving_mean')).toEqual(before[1]);
  });

  it('a picture without objects trains, too', async () => {
    if (!trains()) return;
    const set = tinySet(1);
    set.pictures[0].objects = [];
    const detector = tinyDetector();
    detector.compile(tf.train.sgd(0.01), detector.headModel);
    const batches = await cachedBatches(detector, set);
    const { history } = await detector.headModel.fitDataset(batches, { epochs: 1, verbose: 0 });
    expect(Number.isFinite(history.loss[0])).toBe(true);
    expect(history.proposalBox[0]).toBe(0);
  });

  it('names bad input', async () => {
    const detector = tinyDetector();
    await expect(detector.detect(tf.zeros([8, 8]) as unknown as tf.Tensor3D)).rejects.toThrow(
      'picture: expected a tensor of shape [height, width, 3] or an image, received [8, 8].',
    );
    await expect(detector.detect(tf.zeros([4, 200, 3]) as tf.Tensor3D)).rejects.toThrow('sides of at least 8 pixels');
    await expect(detector.detect(tinyPicture(), { threshold: 1 } as object)).rejects.toThrow("no option 'threshold'");
    const unknown = { ...tinySet(), classes: ['circle'] };
    await expect(cachedBatches(detector, unknown)).rejects.toThrow(
      "classes of the pictures: expected among the detector's (square, bar), received 'circle'.",
    );
  });
});
