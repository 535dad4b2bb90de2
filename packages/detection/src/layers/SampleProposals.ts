import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { detectionWeights, encodeBoxes, pickBoxes, smallestSide } from '@tfjs-compress/math/internal';
import { IGNORED, matchBoxes } from '../boxes/matchBoxes.js';
import { seededRandom } from '../boxes/random.js';
import { sampleMatches } from '../boxes/sampleMatches.js';
import { readNow } from '../readNow.js';
import { hideDifficult } from './hideDifficult.js';
import { type LayerConfig, objectsOf, rowsOf, type Shape } from './layer.js';

export interface SampleProposalsArgs {
  /**
   * Boxes per image that the detection loss is taken over. Default 512, a quarter of them
   * objects at most (torchvision).
   */
  count?: number;
  positiveFraction?: number;
  /**
   * Overlap with an object from which a box is that object; below it is background.
   * Default 0.5 (torchvision).
   */
  positive?: number;
  seed?: number;
}

/**
 * Training only: draws what the detection stage learns from, out of the proposals and the
 * objects themselves. [proposals [b, n, 5], boxes [b, m, 4], classes [b, m]] → [boxes [b,
 * count, 4], targets [b, count, 5]]. A target is the class (0 background, −1 ignored),
 * then tx, ty, tw, th.
 */
export class SampleProposals extends layers.Layer {
  static readonly className = 'SampleProposals';
  private readonly options: Required<SampleProposalsArgs>;
  private readonly random: () => number;

  constructor(args: LayerConfig & SampleProposalsArgs = {}) {
    super(args);
    const { count = 512, positiveFraction = 0.25, positive = 0.5, seed = 2 } = args;
    this.options = { count, positiveFraction, positive, seed };
    this.random = seededRandom(seed);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const [proposals, boxes, classes] = inputs as tf.Tensor[];
    const [images, n] = proposals.shape;
    const { count, positive, positiveFraction } = this.options;
    const read = (tensor: tf.Tensor) => readNow(tensor, 'Training a detector');
    const [values, boxValues, classValues] = [read(proposals), read(boxes), read(classes)];
    const m = classes.shape[1] as number;
    const outBoxes = new Float32Array(images * count * 4);
    const targets = new Float32Array(images * count * 5);
    for (let image = 0; image < images; image++) {
      const objects = objectsOf(rowsOf(boxes, boxValues, image), classValues.slice(image * m, (image + 1) * m));
      const pool = poolOf(values.subarray(image * n * 5, (image + 1) * n * 5), objects.boxes);
      const matches = matchBoxes(pool, objects.boxes, { positive, negative: positive });
      hideDifficult(matches, pool, objects.difficult);
      const drawn = sampleMatches(matches, { count, positiveFraction, random: this.random });
      const chosen = pickBoxes(pool, drawn);
      outBoxes.set(chosen, image * count * 4);
      for (let i = 0; i < count; i++) {
        const at = (image * count + i) * 5;
        const match = i < drawn.length ? matches[drawn[i]] : IGNORED;
        targets[at] = match >= 0 ? objects.classes[match] : match === IGNORED ? -1 : 0;
        if (match < 0) continue;
        const box = objects.boxes.slice(4 * match, 4 * match + 4);
        targets.set(encodeBoxes(box, chosen.slice(4 * i, 4 * i + 4), detectionWeights), at + 1);
      }
    }
    return [tf.tensor3d(outBoxes, [images, count, 4]), tf.tensor3d(targets, [images, count, 5])];
  }

  override computeOutputShape(): Shape[] {
    const { count } = this.options;
    return [
      [null, count, 4],
      [null, count, 5],
    ];
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.options };
  }
}
tf.serialization.registerClass(SampleProposals);

/**
 * The proposals that are there (rows of zeros are not) and the objects, which are
 * proposals early on when no others are good.
 */
function poolOf(rows: Float32Array, objects: Float32Array): Float32Array {
  const pool: number[] = [];
  for (let i = 0; i < rows.length; i += 5) {
    if (rows[i + 2] - rows[i] >= smallestSide) pool.push(...rows.subarray(i, i + 4));
  }
  return Float32Array.from([...pool, ...objects]);
}
