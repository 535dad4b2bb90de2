import * as tf from '@tensorflow/tfjs-core';
import { clipBoxes, type Detection, type DetectOptions, iou, toBoxes } from '@tfjs-compress/math/internal';
import { expectNoLeak, MemoryHandler } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from '../data/cachedBatches.js';
import { imageBatches } from '../data/imageBatches.js';
import { detectAll } from '../evaluation/detectAll.js';
import { tinyDetector, tinyImage, tinySet } from '../tinyDetector.testing.js';
import { Detector } from './Detector.js';
import type { HyperNetConfig } from './HyperNetOptions.js';

async function throughMemory(detector: Detector): Promise<Detector> {
  const handler = new MemoryHandler();
  await detector.save(handler);
  return Detector.load(handler);
}

describe('Detector', () => {
  for (const variant of ['full', 'fast'] as const) {
    it(`${variant}: detects within the image, best first, and leaves no tensor`, async () => {
      const detector = tinyDetector({ variant });
      const image = tinyImage();
      await detector.detect(image);
      const found = await expectNoLeak(() => detector.detect(image, { scoreThreshold: 0, maxDetections: 7 }));
      expect(found.length).toBe(7);
      found.forEach(({ box: [x1, y1, x2, y2], class: name, score }, i) => {
        expect(x1 >= 0 && y1 >= 0 && x2 <= 48.001 && y2 <= 32.001 && x2 > x1 && y2 > y1).toBe(true);
        expect(['square', 'bar']).toContain(name);
        expect(score).toBeLessThanOrEqual(i === 0 ? 1 : found[i - 1].score);
      });
      const proposals = await expectNoLeak(() => detector.propose(image, 5));
      expect(proposals.length).toBe(5);
    });

    it(`${variant}: gives the same after save and load`, async () => {
      const detector = tinyDetector({ variant });
      const loaded = await throughMemory(detector);
      expect(loaded.config).toEqual(detector.config);
      const image = tinyImage();
      const options = { scoreThreshold: 0 };
      expect(await loaded.detect(image, options)).toEqual(await detector.detect(image, options));
    });
  }

  it('proposes boxes that overlap by no more than asked', async () => {
    const detector = tinyDetector();
    for (const proposalIouThreshold of [0.2, 0.7]) {
      const proposals = await detector.propose(tinyImage(), 20, { proposalIouThreshold });
      const boxes = toBoxes(proposals.map(({ box }) => box));
      const overlaps = proposals.flatMap((_, i) => proposals.slice(0, i).map((_, j) => iou(boxes, i, boxes, j)));
      expect(overlaps.length).toBeGreaterThan(0);
      expect(Math.max(...overlaps)).toBeLessThanOrEqual(proposalIouThreshold + 1e-6);
    }
  });

  it('checks what detect and propose are asked for', async () => {
    const detector = tinyDetector();
    const asked = (options: DetectOptions) => detector.detect(tinyImage(), options);
    await expect(asked({ maxDetections: 0 })).rejects.toThrow('maxDetections: expected an integer ≥ 1, received 0');
    await expect(asked({ proposalIouThreshold: 70 })).rejects.toThrow(
      'proposalIouThreshold: expected a number from 0 to 1, received 70',
    );
    await expect(asked({ scoreTreshold: 0.5 } as never)).rejects.toThrow("Did you mean 'scoreThreshold'?");
    expect(await asked({ proposals: undefined, scoreThreshold: 0 })).toEqual(await asked({ scoreThreshold: 0 }));
    const propose = detector.propose(tinyImage(), 5, { iouThreshold: 0.5 } as never);
    await expect(propose).rejects.toThrow("propose has no option 'iouThreshold'");
  });

  it('proposes and detects in the image, not in what pads it', async () => {
    for (const [width, height] of [
      [49, 33],
      [33, 49],
      [200, 3],
    ]) {
      const detector = tinyDetector({ shortSide: 33, longSide: 49 });
      const image = tf.randomUniform([height, width, 3], 0, 255, 'int32', 5) as tf.Tensor3D;
      const found = await detector.detectWithProposals(image, { proposals: 300, scoreThreshold: 0 });
      expect(found.proposals.length).toBeGreaterThan(3);
      for (const { box } of [...found.proposals, ...found.detections]) {
        expect(box[0] >= 0 && box[1] >= 0 && box[2] <= width && box[3] <= height).toBe(true);
      }
      detector.dispose();
    }
  });

  it.each([
    ['horizontal', [1]],
    ['vertical', [0]],
    ['both', [0, 1]],
  ] as const)('with the %s mirror image: finds the mean of both', async (flip, axes) => {
    const detector = tinyDetector({ shortSide: 31, longSide: 47 });
    const [image, all] = [tf.slice(tinyImage(), 0, [31, 47, 3]), { scoreThreshold: 0, maxDetections: 999 }];
    const options = { ...all, iouThreshold: 1 };
    const { detections, proposals } = await detector.detectWithProposals(image, { ...options, flips: [flip] });
    const { classifier, hyperModel } = (detector as any).stages;
    const classified = async (pixels: tf.Tensor3D, rois: Float32Array) => {
      const maps = hyperModel.predict(detector.featureModel.predict(detector.prepare(pixels).input));
      return classifier.classify([{ hyper: Array.isArray(maps) ? maps[0] : maps }], rois, 0, { width: 47, height: 31 });
    };
    const mirror = (boxes: Float32Array) =>
      boxes.map((_, i) => {
        const isMirrored = axes.includes((i % 2 === 0 ? 1 : 0) as never);
        return isMirrored ? (i % 2 === 0 ? 47 : 31) - boxes[i % 4 < 2 ? i + 2 : i - 2] : boxes[i];
      });
    const rois = toBoxes(proposals.map(({ box }) => box));
    const plain = await classified(image, rois);
    const other = await classified(tf.reverse(image, [...axes]), mirror(rois));
    const scores: number[] = plain.scores.map((score: number, i: number) => (score + other.scores[i]) / 2);
    const boxes = clipBoxes(
      plain.boxes.map((value: number, i: number) => (value + mirror(other.boxes)[i]) / 2),
      47,
      31,
    );
    expect(detections.length).toBeGreaterThan(20);
    for (const { box, score } of detections) {
      const isIt = (each: number, i: number) =>
        Math.abs(each - score) < 1e-6 && box.every((value, k) => Math.abs(value - boxes[4 * i + k]) < 1e-3);
      expect(scores.findIndex(isIt)).toBeGreaterThanOrEqual(0);
    }
    await expectNoLeak(() => detector.detect(image, { ...options, flips: [flip] }));
  });

  it('takes values 0 … 255 and refuses others', async () => {
    const detector = tinyDetector();
    const detect = (image: tf.Tensor) => detector.detect(image as tf.Tensor3D);
    const floats = tf.randomUniform([32, 48, 3], 0, 1, 'float32', 3);
    const range = 'image (smallest and largest value): expected values 0 … 255';
    await expect(detect(floats)).rejects.toThrow(`${range} (multiply by 255 those that are 0 … 1), received [`);
    await expect(detect(tf.sub(tf.mul(floats, 2), 1))).rejects.toThrow(`${range}, received [-`);
    await expect(detect(tf.mul(floats, 65535))).rejects.toThrow(range);
    const values = (await floats.data()).slice();
    values[7] = Number.NaN;
    await expect(detect(tf.tensor(values, [32, 48, 3]))).rejects.toThrow('received [NaN, NaN].');
    await expect(detect(tf.cast(floats, 'bool'))).rejects.toThrow('a tensor of type int32 or float32');
    for (const channels of [1, 4]) {
      await expect(detect(tf.zeros([32, 48, channels]))).rejects.toThrow(`received [32, 48, ${channels}].`);
    }
    const data = Float32Array.from(await floats.data(), (value) => 255 * value);
    values[7] = 0.5;
    await expect(detector.detect({ data: values, width: 48, height: 32 })).rejects.toThrow('multiply by 255');
    const rgba = new Uint8ClampedArray(48 * 32 * 4).fill(99);
    const rgb = new Uint8Array(48 * 32 * 3).fill(99);
    const options = { scoreThreshold: 0 };
    const found = await detector.detect(tf.mul(floats, 255) as tf.Tensor3D, options);
    expect(found.length).toBeGreaterThan(0);
    expect(await detector.detect({ data, width: 48, height: 32 }, options)).toEqual(found);
    expect(await detector.detect({ data: rgba, width: 48, height: 32 }, options)).toEqual(
      await detector.detect({ data: rgb, width: 48, height: 32 }, options),
    );
    await expectNoLeak(() => detector.detect({ data: rgb, width: 48, height: 32 }));
  });

  it('keeps defaults of its own, and the threshold chosen on a set, through save and load', async () => {
    const detector = tinyDetector({ dropout: 0, detect: { proposals: 7, maxDetections: undefined } });
    expect(detector.config.detect).toEqual({ proposals: 7 });
    detector.compile(tf.train.adam(1e-2), detector.headModel);
    await detector.headModel.fitDataset(await cachedBatches(detector, tinySet()), { epochs: 12, verbose: 0 });
    const best = await detector.chooseThreshold(tinySet(), { proposalIouThreshold: 0.6 });
    expect(best.f1).toBeCloseTo((2 * best.precision * best.recall) / (best.precision + best.recall), 9);
    const own = { proposals: 7, proposalIouThreshold: 0.6, scoreThreshold: best.threshold };
    expect(detector.config.detect).toEqual(own);
    const loaded = await throughMemory(detector);
    expect(loaded.config.detect).toEqual(own);
    const pixels = await tinySet().images[0].load();
    const found = await loaded.detect(pixels);
    const everything = await loaded.detect(pixels, { ...own, scoreThreshold: 0.05 });
    expect(found).toEqual(everything.filter(({ score }) => score > best.threshold));
    const { detections } = await detectAll(loaded, tinySet());
    expect(detections[0]).toEqual(everything);
    expect(() => detector.setDetectDefaults({ scoreThreshold: 7 })).toThrow('scoreThreshold: expected a number');
    expect(() => detector.setDetectDefaults({ score: 0.7 } as never)).toThrow(
      "setDetectDefaults has no option 'score'",
    );
    const none = { classes: ['bar'], images: tinySet().images.map((each) => ({ ...each, objects: [] })) };
    await expect(detector.chooseThreshold(none)).rejects.toThrow('chooseThreshold: no object of these images');
  });

  it('learns the one object of a tiny set, on cached features, and leaves no tensor behind an epoch', async () => {
    const detector = tinyDetector({ dropout: 0 });
    detector.compile(tf.train.adam(1e-2), detector.headModel);
    const batches = await cachedBatches(detector, tinySet(), { batchSize: 2, flips: ['horizontal'] });
    await detector.headModel.fitDataset(batches, { epochs: 1, verbose: 0 });
    const history = await expectNoLeak(() => detector.headModel.fitDataset(batches, { epochs: 16, verbose: 0 }));
    const losses = history.history.loss as number[];
    expect(losses[15]).toBeLessThan(0.8 * losses[0]);
    for (const term of ['objectness', 'proposalBox', 'classification', 'detectionBox']) {
      expect(history.history[term].length).toBe(16);
    }
  });

  it('trains from images, trunk included, with the statistics of batch normalization untouched', async () => {
    const detector = tinyDetector({ fineTune: true });
    detector.compile(tf.train.sgd(0.01));
    const weight = (name: string) => {
      const found = detector.model.weights.find((each) => each.originalName === name);
      return [...(found as NonNullable<typeof found>).read().dataSync()];
    };
    const before = [weight('c1/kernel'), weight('bn1/moving_mean')];
    const batches = imageBatches(detector, tinySet(), { batchSize: 2, augment: { flip: 0.5, crop: 0.9 } });
    await detector.model.fitDataset(batches, { epochs: 1, verbose: 0 });
    expect(weight('c1/kernel')).not.toEqual(before[0]);
    expect(weight('bn1/moving_mean')).toEqual(before[1]);
  });

  it("detects and trains with the paper's RoI max pooling", async () => {
    const detector = tinyDetector({ roi: 'maxPool', dropout: 0 });
    const found = await detector.detect(tinyImage(), { scoreThreshold: 0, maxDetections: 3 });
    expect(found.length).toBe(3);
    detector.compile(tf.train.adam(1e-2), detector.headModel);
    const { history } = await detector.headModel.fitDataset(await cachedBatches(detector, tinySet()), {
      epochs: 6,
      verbose: 0,
    });
    expect(history.loss[5]).toBeLessThan(history.loss[0] as number);
  });

  it('an image without objects trains, too', async () => {
    const set = tinySet();
    const detector = tinyDetector();
    set.images[0].objects = [];
    detector.compile(tf.train.sgd(0.01), detector.headModel);
    const batches = await cachedBatches(detector, set);
    const { history } = await detector.headModel.fitDataset(batches, { epochs: 1, verbose: 0 });
    expect(Number.isFinite(history.loss[0])).toBe(true);
    set.images[1].objects = [];
    await expect(cachedBatches(detector, set)).rejects.toThrow('at least one object that counts');
  });

  for (const variant of ['full', 'fast'] as const) {
    it(`${variant}: detects in many images as in each, and leaves no tensor`, async () => {
      const detector = tinyDetector({ variant });
      const image = (height: number, width: number, seed: number) =>
        tf.randomUniform([height, width, 3], 0, 255, 'int32', seed) as tf.Tensor3D;
      const images = [image(32, 48, 1), image(60, 40, 2), image(64, 96, 3), image(32, 48, 4)];
      const options = { scoreThreshold: 0, maxDetections: 9 };
      const expected: Detection[][] = [];
      for (const each of images) expected.push(await detector.detect(each, options));
      for (const batchSize of [1, 3, undefined]) {
        const found = await expectNoLeak(() => detector.detectMany(images, { ...options, batchSize }));
        expect(found.length).toBe(4);
        found.forEach((list, i) => {
          expect(list.map((each) => each.class)).toEqual(expected[i].map((each) => each.class));
          list.forEach(({ box, score }, k) => {
            expect(score).toBeCloseTo(expected[i][k].score, 4);
            for (const side of [0, 1, 2, 3]) expect(box[side]).toBeCloseTo(expected[i][k].box[side], 2);
          });
        });
      }
      expect(await detector.detectMany([])).toEqual([]);
      const broken = { data: [1, 2], width: 2, height: 2 };
      await expectNoLeak(() => expect(detector.detectMany([images[0], broken])).rejects.toThrow('image.data'));
      await expect(detector.detectMany(images, { batchsize: 2 } as never)).rejects.toThrow(
        "detectMany has no option 'batchsize'. Did you mean 'batchSize'?",
      );
    });
  }

  it('names bad input', async () => {
    const detector = tinyDetector();
    await expect(detector.detect(tf.zeros([8, 8]) as unknown as tf.Tensor3D)).rejects.toThrow(
      /^image: expected a tensor of shape \[height, width, 3\], .*, received \[8, 8\]\.$/,
    );
    for (const none of [null, {}, 7, { data: 3 }, 'cells.jpg', new Blob([])]) {
      await expect(detector.detect(none as never)).rejects.toThrow('image: expected a tensor of shape');
    }
    await expect(detector.detect(tinyImage(), { threshold: 1 } as object)).rejects.toThrow("no option 'threshold'");
    const none = { classes: ['bar'], images: [] };
    await expect(cachedBatches(detector, none)).rejects.toThrow('images: expected at least one');
    const unknown = { ...tinySet(), classes: ['circle'] };
    await expect(cachedBatches(detector, unknown)).rejects.toThrow(
      "classes of the images: expected among the detector's (square, bar), received 'circle'.",
    );
  });

  it('takes an image of 8 megapixels as it takes a small one', async () => {
    const detector = tinyDetector();
    const large = tf.fill([2400, 3600, 3], 90, 'int32') as tf.Tensor3D;
    const small = tf.fill([32, 48, 3], 90, 'int32') as tf.Tensor3D;
    const found = await detector.detect(large, { scoreThreshold: 0, maxDetections: 3 });
    const expected = await detector.detect(small, { scoreThreshold: 0, maxDetections: 3 });
    found.forEach(({ box, score }, i) => {
      expect(score).toBeCloseTo(expected[i].score, 4);
      box.forEach((v, k) => {
        expect(v / 75).toBeCloseTo(expected[i].box[k], 2);
      });
    });
  });

  it('leaves no tensor after 1,000 calls', async () => {
    const detector = tinyDetector({ shortSide: 8, longSide: 8, candidates: { stride: 8, scales: [8], ratios: [1] } });
    const image = tf.zeros([8, 8, 3]) as tf.Tensor3D;
    await detector.detect(image);
    await expectNoLeak(async () => {
      for (let i = 0; i < 1000; i++) await detector.detect(image, { scoreThreshold: 0 });
    });
  });

  it('dispose() frees everything', async () => {
    await expectNoLeak(() => tinyDetector().dispose());
  });

  it('names a model that has more classes than names, and one that is none of ours', () => {
    const { model } = tinyDetector();
    const metadata = model.getUserDefinedMetadata() as { hyperNet: HyperNetConfig };
    model.setUserDefinedMetadata({ ...metadata, hyperNet: { ...metadata.hyperNet, classes: ['square'] } });
    expect(() => new Detector(model)).toThrow("classes: expected one name for each of the model's 2 classes");
    model.setUserDefinedMetadata({});
    expect(() => new Detector(model)).toThrow('model: expected a model that hyperNet() built');
  });
});
