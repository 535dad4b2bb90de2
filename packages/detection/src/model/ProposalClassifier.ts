import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  type Boxes,
  detectionWeights,
  type Flip,
  meanOfViews,
  mirrorBoxes,
  refinedBoxes,
  scoresByClass,
} from '@tfjs-compress/math/internal';
import { BoxDecoding } from '../layers/BoxDecoding.js';
import type { HyperNetConfig } from './HyperNetOptions.js';
import { connectDetectionHead, type LayerLookup } from './network.js';

/** A box, its score and its class's index for each proposal and class. */
export interface ClassifiedBoxes {
  boxes: Boxes;
  scores: Float32Array;
  classes: Int32Array;
}

/** The Hyper Feature of an image, or of its mirror image. */
export interface View {
  hyper: tf.Tensor4D;
  flip?: Flip;
}

/** The detection stage on proposals. */
export class ProposalClassifier {
  /**
   * [Hyper Feature, boxes [1, n, 4]] → [probabilities [n, 1 + classes], boxes [n,
   * classes, 4]].
   */
  private readonly stage: LayersModel;
  private readonly classes: number;

  constructor(get: LayerLookup, { channels, classes }: HyperNetConfig) {
    this.classes = classes.length;
    const hyper = input({ shape: [null, null, 3 * channels] });
    const boxes = input({ shape: [null, 4] });
    const [logits, offsets] = connectDetectionHead(get, hyper, boxes);
    const probabilities = layers.softmax({}).apply(logits) as SymbolicTensor;
    const moved = new BoxDecoding({ coder: detectionWeights }).apply([boxes, offsets]) as SymbolicTensor;
    this.stage = model({ inputs: [hyper, boxes], outputs: [probabilities, moved] });
  }

  /**
   * @param views One or more, of which the mean is taken.
   * @param refinements How often what the stage gives is given to it again.
   * @param size Of the image, without padding.
   */
  async classify(
    views: readonly View[],
    proposals: Boxes,
    refinements: number,
    size: { width: number; height: number },
  ): Promise<ClassifiedBoxes> {
    const given: ClassifiedBoxes[] = [];
    for (const { hyper, flip } of views) {
      const rois = mirrorBoxes(proposals, flip, size.width, size.height);
      const found = await this.once(hyper, rois);
      given.push({ ...found, boxes: mirrorBoxes(found.boxes, flip, size.width, size.height) });
    }
    const classified = { ...given[0], ...meanOfViews(given) };
    if (refinements === 0) return classified;
    const refined = refinedBoxes(proposals, classified, this.classes, size.width, size.height);
    return this.classify(views, refined, refinements - 1, size);
  }

  private async once(hyper: tf.Tensor4D, rois: Boxes): Promise<ClassifiedBoxes> {
    const n = rois.length / 4;
    // Not predict(), which would slice the boxes: WebGPU cannot read what that makes at
    // once, as RoIAlign has to.
    const inputs = () => [hyper, tf.tensor3d(rois, [1, n, 4])];
    const out = tf.tidy(() => this.stage.apply(inputs(), { training: false }) as tf.Tensor[]);
    const [probabilities, boxes] = (await Promise.all(out.map((each) => each.data()))) as Float32Array[];
    tf.dispose(out);
    return { boxes, ...scoresByClass(probabilities, n, this.classes) };
  }
}
