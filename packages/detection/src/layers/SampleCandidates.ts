import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { encodeBoxes, gridBoxes, pickBoxes, proposalWeights } from '@tfjs-compress/math/internal';
import { IGNORED, matchBoxes } from '../boxes/matchBoxes.js';
import { seededRandom } from '../boxes/random.js';
import { draw, sampleMatches } from '../boxes/sampleMatches.js';
import { readNow } from '../readNow.js';
import { hideDifficult } from './hideDifficult.js';
import { type LayerConfig, objectsOf, rowsOf, type Shape } from './layer.js';

export interface SampleCandidatesArgs {
  /** Pixels of the image in a cell of the map. */
  stride: number;
  /** Distance of the sliding windows in pixels. Default 16. */
  gridStride?: number;
  /**
   * Square roots of the windows' areas in pixels, and their heights divided by widths.
   */
  scales: readonly number[];
  ratios: readonly number[];
  /**
   * Windows per image that the proposal loss is taken over. Default 256, half of them
   * positive at most.
   */
  count?: number;
  positiveFraction?: number;
  /**
   * Overlap of a positive window and below which one is negative. Defaults 0.45 and 0.3.
   */
  positive?: number;
  negative?: number;
  /**
   * Windows per image, drawn at random, that become proposals for the detection stage.
   * Default 2,000.
   */
  scored?: number;
  seed?: number;
}

/**
 * Training only: draws from the sliding windows what the proposal stage learns from. [map
 * [b, h, w, c], boxes [b, m, 4], classes [b, m]] → [windows [b, count, 4], targets [b,
 * count, 5], scored [b, scored, 4]]. A target is 1, 0 or −1 (ignored), then tx, ty, tw,
 * th.
 */
export class SampleCandidates extends layers.Layer {
  static readonly className = 'SampleCandidates';
  private readonly options: Required<SampleCandidatesArgs>;
  private readonly random: () => number;

  constructor(args: LayerConfig & SampleCandidatesArgs) {
    super(args);
    const { stride, gridStride = 16, scales, ratios, count = 256, positiveFraction = 0.5 } = args;
    const { positive = 0.45, negative = 0.3, scored = 2000, seed = 1 } = args;
    this.options = { stride, gridStride, scales, ratios, count, positiveFraction, positive, negative, scored, seed };
    this.random = seededRandom(seed);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const [map, boxes, classes] = inputs as tf.Tensor[];
    const [images, rows, columns] = map.shape;
    const { stride, gridStride, scales, ratios, count, scored, positive, negative, positiveFraction } = this.options;
    const [width, height] = [columns * stride, rows * stride];
    const windows = gridBoxes({ width, height, stride: gridStride, scales, ratios });
    const all = Array.from({ length: windows.length / 4 }, (_, i) => i);
    const read = (tensor: tf.Tensor) => readNow(tensor, 'Training a detector');
    const [boxValues, classValues] = [read(boxes), read(classes)];
    const sampled = new Float32Array(images * count * 4);
    const targets = new Float32Array(images * count * 5);
    const toScore = new Float32Array(images * scored * 4);
    const m = classes.shape[1] as number;
    for (let image = 0; image < images; image++) {
      const objects = objectsOf(rowsOf(boxes, boxValues, image), classValues.slice(image * m, (image + 1) * m));
      const matches = matchBoxes(windows, objects.boxes, { positive, negative, keepBest: true });
      hideDifficult(matches, windows, objects.difficult);
      const drawn = sampleMatches(matches, { count, positiveFraction, random: this.random });
      const chosen = pickBoxes(windows, drawn);
      sampled.set(chosen, image * count * 4);
      for (let i = 0; i < count; i++) {
        const at = (image * count + i) * 5;
        const match = i < drawn.length ? matches[drawn[i]] : IGNORED;
        targets[at] = match >= 0 ? 1 : match === IGNORED ? -1 : 0;
        if (match < 0) continue;
        const box = objects.boxes.slice(4 * match, 4 * match + 4);
        targets.set(encodeBoxes(box, chosen.slice(4 * i, 4 * i + 4), proposalWeights), at + 1);
      }
      toScore.set(pickBoxes(windows, draw(all, scored, this.random)), image * scored * 4);
    }
    return [
      tf.tensor3d(sampled, [images, count, 4]),
      tf.tensor3d(targets, [images, count, 5]),
      tf.tensor3d(toScore, [images, scored, 4]),
    ];
  }

  override computeOutputShape(): Shape[] {
    const { count, scored } = this.options;
    return [
      [null, count, 4],
      [null, count, 5],
      [null, scored, 4],
    ];
  }

  override getConfig() {
    const { scales, ratios, ...rest } = this.options;
    return { ...super.getConfig(), ...rest, scales: [...scales], ratios: [...ratios] };
  }
}
tf.serialization.registerClass(SampleCandidates);
