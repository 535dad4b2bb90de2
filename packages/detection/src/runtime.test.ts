import * as tf from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import { compressible } from '@tfjs-compress/layers';
import type { Box } from '@tfjs-compress/math/detection';
import { loadDetector } from '@tfjs-compress/runtime/detection';
import { MemoryHandler } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import type { Detector } from './model/Detector.js';
import { tinyDetector } from './tinyDetector.testing.js';

async function savedOf(detector: Detector): Promise<tf.io.ModelArtifacts> {
  const handler = new MemoryHandler();
  await detector.save(handler);
  return handler.load() as Promise<tf.io.ModelArtifacts>;
}

/** A picture of smooth colors with some edges, as a tensor and as ImageData holds it. */
function pictureOf(width: number, height: number, seed = 1) {
  const rgb = new Uint8Array(3 * width * height);
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let c = 0; c < 3; c++) {
      const value = Math.round(128 + 90 * Math.sin((x * (c + 2) + seed) / 9) * Math.cos((y * (3 - c) + seed) / 7));
      rgb[3 * i + c] = rgba[4 * i + c] = (x >> 3) % 3 === c ? value : 255 - value;
    }
  }
  return { tensor: tf.tensor3d(rgb, [height, width, 3], 'int32'), rgb, rgba, width, height };
}

type Found = { box: Box; score: number; class?: string };

/** The same boxes to 1e-3 pixels, and scores to 1e-4, in the same order. */
function expectSame(received: Found[], expected: Found[]): void {
  expect(received.map((each) => each.class)).toEqual(expected.map((each) => each.class));
  received.forEach(({ box, score }, i) => {
    expect(Math.abs(score - expected[i].score)).toBeLessThan(1e-4);
    box.forEach((side, k) => {
      expect(Math.abs(side - expected[i].box[k])).toBeLessThan(1e-3);
    });
  });
}

async function compare(detector: Detector, source: Parameters<typeof loadDetector>[0], sizes: [number, number][]) {
  const loaded = await loadDetector(source);
  for (const [width, height] of sizes) {
    const { tensor, rgba } = pictureOf(width, height);
    const picture = { data: rgba, width, height };
    const proposals = await detector.propose(tensor, 30);
    expect(proposals.length).toBeGreaterThan(3);
    expectSame(loaded.propose(picture, 30), proposals);
    const detections = await detector.detect(tensor, { scoreThreshold: 0 });
    expect(detections.length).toBeGreaterThan(3);
    expectSame(loaded.detect(picture, { scoreThreshold: 0 }), detections);
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
        await compare(detector, (await savedOf(detector)) as any, sizes);
        detector.dispose();
      });
    }
  }

  for (const preprocessing of ['caffe', 'none'] as const) {
    it(`preprocessing '${preprocessing}'`, async () => {
      const detector = tinyDetector({ preprocessing });
      await compare(detector, (await savedOf(detector)) as any, sizes.slice(0, 2));
      detector.dispose();
    });
  }
});
