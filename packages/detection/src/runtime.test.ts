import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { INQScheduler, SurgeryCallback } from '@tfjs-compress/callbacks';
import { pack } from '@tfjs-compress/format';
import { compressible } from '@tfjs-compress/layers';
import { type Box, detectDefaults } from '@tfjs-compress/math/internal';
import { type Detector as Loaded, loadDetector } from '@tfjs-compress/runtime/detection';
import { MemoryHandler } from '@tfjs-compress/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cachedBatches } from './data/cachedBatches.js';
import type { Detector } from './model/Detector.js';
import { tinyDetector, tinySet } from './tinyDetector.testing.js';

async function savedOf(detector: Detector): Promise<any> {
  const handler = new MemoryHandler();
  await detector.save(handler);
  return handler.load();
}

/** An image of smooth colors with some edges, as a tensor and as ImageData holds it. */
function imageOf(width: number, height: number, seed = 1) {
  const rgb = new Uint8Array(3 * width * height);
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let c = 0; c < 3; c++) {
      const value = Math.round(128 + 90 * Math.sin((x * (c + 2) + seed) / 9) * Math.cos((y * (3 - c) + seed) / 7));
      rgb[3 * i + c] = rgba[4 * i + c] = (x >> 3) % 3 === c ? value : 255 - value;
    }
  }
  return { tensor: tf.tensor3d(rgb, [height, width, 3], 'int32'), rgb, data: rgba, width, height };
}

type Found = { box: Box; score: number; class?: string };

/**
 * The same boxes to 1e-3 pixels, and scores to 1e-4, best first; those with nearly the
 * same score in any order.
 */
function expectSame(received: Found[], expected: Found[]): void {
  expect(received.length).toBe(expected.length);
  const left = new Set(received);
  expected.forEach((wanted, i) => {
    const isNear = ({ box, score, class: name }: Found) =>
      name === wanted.class &&
      Math.abs(score - wanted.score) < 1e-4 &&
      box.every((side, k) => Math.abs(side - wanted.box[k]) < 1e-3);
    const found = isNear(received[i]) ? received[i] : [...left].find(isNear);
    expect(found && left.delete(found), JSON.stringify([wanted, received[i]])).toBe(true);
    expect(Math.abs(received[i].score - wanted.score)).toBeLessThan(1e-4);
  });
}

/** The detector out of a source, after a comparison at sizes of images. */
async function compare(
  detector: Detector,
  source: Parameters<typeof loadDetector>[0],
  sizes: [number, number][],
  least = 4,
): Promise<Loaded> {
  const loaded = await loadDetector(source);
  for (const [width, height] of sizes) {
    const { tensor, ...image } = imageOf(width, height);
    const proposals = await detector.propose(tensor, 30);
    expect(proposals.length).toBeGreaterThanOrEqual(least);
    expectSame(loaded.propose(image, 30), proposals);
    const detections = await detector.detect(tensor, { scoreThreshold: 0 });
    expect(detections.length).toBeGreaterThanOrEqual(least);
    expectSame(loaded.detect(image, { scoreThreshold: 0 }), detections);
  }
  return loaded;
}

const sizes: [number, number][] = [
  [48, 32],
  [61, 53],
  [20, 31],
  [200, 110],
];

describe('a detector without tfjs', () => {
  for (const variant of ['fast', 'full'] as const) {
    for (const roi of ['align', 'maxPool'] as const) {
      it(`${variant}, ${roi}: finds the same as with tfjs, at several sizes`, async () => {
        const detector = tinyDetector({ variant, roi });
        await compare(detector, await savedOf(detector), sizes);
        detector.dispose();
      });
    }
  }

  for (const preprocessing of ['caffe', 'torch', 'none'] as const) {
    it(`preprocessing '${preprocessing}'`, async () => {
      const detector = tinyDetector({ preprocessing });
      await compare(detector, await savedOf(detector), sizes.slice(0, 2));
      detector.dispose();
    });
  }

  it('strips that are thinner than the trunk sees', async () => {
    const detector = tinyDetector();
    const strips: [number, number][] = [
      [300, 2],
      [1, 77],
    ];
    await compare(detector, await savedOf(detector), strips, 1);
    detector.dispose();
  });

  it('defaults of its own', async () => {
    const detector = tinyDetector({ detect: { proposals: 9, proposalIouThreshold: 0.4 } });
    const { tensor, ...image } = imageOf(61, 53);
    const all = await detector.detect(tensor, { scoreThreshold: 0 });
    detector.setDetectDefaults({ scoreThreshold: (all[3].score + all[4].score) / 2 });
    const loaded = await loadDetector(await savedOf(detector));
    expect(loaded.detectDefaults).toEqual({ ...detectDefaults, ...detector.config.detect });
    const found = await detector.detect(tensor);
    expect(found).toEqual(all.slice(0, 4));
    expectSame(loaded.detect(image), found);
    expectSame(loaded.propose(image), await detector.propose(tensor));
    detector.dispose();
  });

  it.each([1, 3])('boxes that are refined %i times', async (refinements) => {
    const detector = tinyDetector({ detect: { refinements } });
    const loaded = await compare(detector, await savedOf(detector), sizes.slice(0, 3));
    const { tensor, ...image } = imageOf(48, 32);
    const once = await detector.detect(tensor, { refinements: 0, scoreThreshold: 0 });
    expect(loaded.detect(image, { scoreThreshold: 0 })).not.toEqual(once);
    expectSame(loaded.detect(image, { refinements: 0, scoreThreshold: 0 }), once);
    detector.dispose();
  });

  it('boxes that are the mean of mirror images', async () => {
    const flips = ['horizontal', 'vertical', 'both'] as const;
    const detector = tinyDetector({ shortSide: 33, longSide: 49, detect: { flips, refinements: 1 } });
    const loaded = await compare(detector, await savedOf(detector), sizes.slice(0, 3));
    const { tensor, ...image } = imageOf(48, 32);
    const alone = await detector.detect(tensor, { flips: [], scoreThreshold: 0 });
    expect(loaded.detect(image, { scoreThreshold: 0 })).not.toEqual(alone);
    expectSame(loaded.detect(image, { flips: [], scoreThreshold: 0 }), alone);
    detector.dispose();
  });

  it('grids, bins and channels of other sizes', async () => {
    const argument = fc.record({
      variant: fc.constantFrom('fast' as const, 'full' as const),
      roi: fc.constantFrom('align' as const, 'align' as const, 'maxPool' as const),
      roiSize: fc.integer({ min: 1, max: 6 }),
      channels: fc.integer({ min: 1, max: 6 }),
      shortSide: fc.integer({ min: 16, max: 50 }),
      candidates: fc.record({
        stride: fc.integer({ min: 5, max: 12 }),
        scales: fc.subarray([6, 11, 17, 30], { minLength: 1 }),
        ratios: fc.subarray([0.4, 1, 3], { minLength: 1 }),
      }),
    });
    const check = async (args: typeof argument extends fc.Arbitrary<infer T> ? T : never) => {
      const detector = tinyDetector({ ...args, longSide: 60 });
      await compare(detector, await savedOf(detector), [[43, 37]], 1);
      detector.dispose();
    };
    await fc.assert(fc.asyncProperty(argument, check), { numRuns: 10, seed: 3 });
  });

  it('a trunk whose last two levels are of one size', async () => {
    const image = input({ shape: [null, null, 3] });
    const conv = (name: string, strides: number, x: SymbolicTensor) => {
      // Not smaller than the stride, where 'same' on tfjs's WASM differs from its cpu
      // backend.
      const args = { name, strides, filters: 5, kernelSize: 5, padding: 'same', activation: 'relu' } as const;
      return layers.conv2d(args).apply(x) as SymbolicTensor;
    };
    const trunk = model({ inputs: image, outputs: conv('c', 1, conv('b', 2, conv('a', 4, image))) });
    const detector = tinyDetector({ trunk, levels: ['a', 'b', 'c'], variant: 'fast' });
    await compare(detector, await savedOf(detector), sizes.slice(0, 2));
    detector.dispose();
  });

  it('more proposals than are classified at once', async () => {
    const detector = tinyDetector({ candidates: { stride: 4, scales: [10, 16], ratios: [0.5, 1] } });
    const { tensor, ...image } = imageOf(48, 32);
    const options = { proposals: 150, proposalIouThreshold: 0.95, scoreThreshold: 0, maxDetections: 40 };
    const loaded = await loadDetector(await savedOf(detector));
    expect(loaded.propose(image, 150, { proposalIouThreshold: 0.95 }).length).toBe(150);
    expectSame(loaded.detect(image, options), await detector.detect(tensor, options));
  });

  it('a pruned and quantized detector, out of a .tfz', async () => {
    const detector = tinyDetector().rebuild(compressible);
    const batches = await cachedBatches(detector, tinySet());
    detector.compile(tf.train.adam(1e-3), detector.headModel);
    const surgery = new SurgeryCallback({ targetSparsity: 0.8, endStep: 1, verbose: 0 });
    await detector.headModel.fitDataset(batches, { epochs: 1, verbose: 0, callbacks: surgery });
    const inq = new INQScheduler({ steps: [1], verbose: 0 });
    await detector.headModel.fitDataset(batches, { epochs: 1, verbose: 0, callbacks: inq });
    const bytes = pack(await savedOf(detector));
    const loaded = await compare(detector, bytes, sizes);
    expect(loaded.classes).toEqual(['square', 'bar']);
  });
});

describe('its images', () => {
  it('have three or four values a pixel, in any array', async () => {
    const loaded = await loadDetector(await savedOf(tinyDetector()));
    const { data, rgb, width, height } = imageOf(61, 40);
    const expected = loaded.detect({ data, width, height }, { scoreThreshold: 0 });
    for (const other of [rgb, Float32Array.from(rgb), [...data]])
      expect(loaded.detect({ data: other, width, height }, { scoreThreshold: 0 })).toEqual(expected);
  });

  it('may change their size again and again: the memory stays as it is after the first round', async () => {
    const loaded = await loadDetector(await savedOf(tinyDetector()));
    const { memory } = (loaded as any).stages.args.instance.memory as { memory: WebAssembly.Memory };
    const round = () =>
      [48, 56, 64, 72, 80, 88].map((width) => loaded.detect(imageOf(width, 32), { scoreThreshold: 0 }));
    const expected = round();
    round();
    const bytes = memory.buffer.byteLength;
    for (let i = 0; i < 5; i++) expect(round()).toEqual(expected);
    expect(memory.buffer.byteLength).toBe(bytes);
  });
});

describe('what it refuses', () => {
  it('images and options that are none', async () => {
    const loaded = await loadDetector(await savedOf(tinyDetector()));
    const { data, width, height } = imageOf(48, 32);
    const message = 'image.data: expected 4608 (RGB) or 6144 (RGBA) values, received 6145.';
    expect(() => loaded.detect({ data: [...data, 0], width, height })).toThrow(message);
    expect(() => loaded.detect({ data, width: 1.5, height })).toThrow('image.width: expected an integer ≥ 1');
    expect(() => loaded.detect(null as never)).toThrow('image: expected an object with data, width and height');
    expect(() => loaded.detect({ data: new Float32Array(data.length).fill(0.5), width, height })).toThrow(
      'image (smallest and largest value): expected values 0 … 255 (multiply by 255 those that are 0 … 1)',
    );
    const image = { data, width, height };
    expect(() => loaded.propose(image, 0)).toThrow('count: expected an integer ≥ 1, received 0.');
    expect(() => loaded.propose(image, 3, { iouThreshold: 0.5 } as never)).toThrow(
      "propose has no option 'iouThreshold'",
    );
    expect(() => loaded.detect(image, { scoreTreshold: 0 } as never)).toThrow("Did you mean 'scoreThreshold'?");
    expect(() => loaded.detect(image, { iouThreshold: 2 })).toThrow('iouThreshold: expected a number from 0 to 1');
    loaded.dispose();
    expect(() => loaded.detect(image)).toThrow('the detector is disposed');
  });

  it('models that are not detectors', async () => {
    const artifacts = await savedOf(tinyDetector());
    const changed = (change: (hyperNet: any, metadata: any) => void) => {
      const copy = { ...artifacts, userDefinedMetadata: structuredClone(artifacts.userDefinedMetadata) as any };
      change(copy.userDefinedMetadata.hyperNet, copy.userDefinedMetadata);
      return loadDetector(copy);
    };
    await expect(loadDetector({ ...artifacts, userDefinedMetadata: undefined } as never)).rejects.toThrow(
      'source: expected a detector that Detector.save() wrote, received',
    );
    const cases: [(hyperNet: any, metadata: any) => void, RegExp][] = [
      [(config) => config.classes.push('third'), /layer 'detection_logits' \(Dense\): expected 4 linear units/],
      [(config) => (config.variant = 'slow'), /variant: expected 'full' or 'fast'/],
      [(config) => (config.longSide = 1e9), /longSide: expected an integer from 32/],
      [(config) => (config.candidates.stride = 0), /candidates.stride: expected an integer ≥ 1/],
      [(config) => (config.candidates.scales = []), /candidates.scales: expected positive numbers/],
      [(_, metadata) => (metadata.strides = [2, 5, 8]), /layer '.*_roi.*' \(RoIAlign\): expected .* the stride 5/],
    ];
    for (const [change, message] of cases) await expect(changed(change)).rejects.toThrow(message);
    await expect(loadDetector(artifacts, { maxbytes: 1 } as never)).rejects.toThrow(
      'loadDetector: expected the options',
    );
  });

  it('more windows than can be', async () => {
    const artifacts = await savedOf(tinyDetector());
    const metadata = structuredClone(artifacts.userDefinedMetadata) as any;
    Object.assign(metadata.hyperNet, { shortSide: 400, longSide: 400 });
    const many = Array.from({ length: 8 }, (_, i) => i + 1);
    metadata.hyperNet.candidates = { stride: 1, scales: many, ratios: many };
    const loaded = await loadDetector({ ...artifacts, userDefinedMetadata: metadata });
    expect(() => loaded.propose(imageOf(8, 8))).toThrow('candidates: expected at most 8388608 windows');
  });

  it('changed files, by an Error, or it runs them', async () => {
    const artifacts = await savedOf(tinyDetector({ variant: 'full' }));
    const value = fc.constantFrom<unknown>(
      ...[0, -1, 1, 2, 7, 0.5, 1e6, 2 ** 31, 1e300, null, true, 'valid', 'Dense', 'tanh', [], [1, 2], [3, 3], {}],
    );
    /** Every number, string and list of the network and of what is said of it. */
    const placesIn = (json: any, path: string[] = []): string[][] =>
      Object.entries(json).flatMap(([key, each]) => {
        const here = [...path, key];
        const isPart = typeof each === 'object' && each !== null;
        return [here, ...(isPart ? placesIn(each, here) : [])];
      });
    const parsed = structuredClone({
      modelTopology: artifacts.modelTopology,
      userDefinedMetadata: artifacts.userDefinedMetadata,
    });
    const places = placesIn(parsed).filter((path) => !path.some((key) => /nitializer|training|inbound/.test(key)));
    const change = async (path: string[], to: unknown) => {
      const copy = structuredClone(parsed);
      const parent = path.slice(0, -1).reduce((json: any, key) => json[key], copy);
      parent[path.at(-1)!] = to;
      const { data, width, height } = imageOf(48, 32);
      try {
        const loaded = await loadDetector({ ...artifacts, ...copy });
        loaded.detect({ data, width, height });
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        for (const kind of [WebAssembly.RuntimeError, TypeError, RangeError])
          if (error instanceof kind) throw new Error(`${path.join('.')} = ${JSON.stringify(to)}`, { cause: error });
      }
    };
    await fc.assert(fc.asyncProperty(fc.constantFrom(...places), value, change), { numRuns: 80, seed: 1 });
  });
});
