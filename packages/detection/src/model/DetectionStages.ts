import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  type Detection,
  type DetectOptions,
  type Flip,
  movedWindows,
  nonMaxSuppressionAsync,
  type Proposal,
  pickBoxes,
  proposalsOf,
} from '@tfjs-compress/math/internal';
import { keptDetections } from './keptDetections.js';
import type { ProposalClassifier, View } from './ProposalClassifier.js';
import { mirrored, type Prepared } from './preprocess.js';
import type { WindowScorer } from './WindowScorer.js';

/** Runs the stages of a trained network on prepared images, one after another. */
export class DetectionStages {
  /**
   * @param featureModel Images → the trunk's three levels.
   * @param hyperModel Those → the Hyper Feature, and the map of the proposal stage.
   */
  constructor(
    private readonly featureModel: LayersModel,
    private readonly hyperModel: LayersModel,
    private readonly scorer: WindowScorer,
    private readonly classifier: ProposalClassifier,
    private readonly classes: readonly string[],
  ) {}

  /** The detections in each image; those of one size go through the trunk together. */
  async detectTogether(images: Prepared[], given: Required<DetectOptions>): Promise<Detection[][]> {
    const bySize = new Map<string, { prepared: Prepared; place: number }[]>();
    const found: Detection[][] = [];
    for (const [place, prepared] of images.entries()) {
      const size = `${prepared.input.shape}`;
      bySize.set(size, [...(bySize.get(size) ?? []), { prepared, place }]);
    }
    for (const group of bySize.values()) {
      const maps = tf.tidy(() => {
        const all = this.mapsOf(
          tf.concat(
            group.map(({ prepared }) => prepared.input),
            0,
          ),
        );
        return all.map((map) => tf.split(map, group.length, 0));
      });
      for (const [i, { prepared, place }] of group.entries()) {
        const { detections } = await this.detect(prepared, given, [maps[0][i], maps[1][i]] as never);
        found[place] = detections;
      }
    }
    return found;
  }

  /** The proposals in an image, best first. Disposes of the image. */
  async propose(prepared: Prepared, count: number, iouThreshold: number): Promise<Proposal[]> {
    const maps = this.mapsOf(prepared.input);
    try {
      const { boxes, logits } = await this.proposeOn(maps, prepared, count, iouThreshold);
      return proposalsOf(boxes, logits, prepared);
    } finally {
      tf.dispose([prepared.input, maps]);
    }
  }

  /** The detections in an image, and their proposals. Disposes of what it is given. */
  async detect(prepared: Prepared, given: Required<DetectOptions>, maps = this.mapsOf(prepared.input)) {
    const views: View[] = [{ hyper: maps[0] }];
    try {
      const found = await this.proposeOn(maps, prepared, given.proposals, given.proposalIouThreshold);
      const proposals = proposalsOf(found.boxes, found.logits, prepared);
      if (proposals.length === 0) return { detections: [], proposals };
      for (const flip of given.flips) views.push(this.mirrorView(prepared, flip));
      const classified = await this.classifier.classify(views, found.boxes, given.refinements, prepared);
      const detections = await keptDetections(classified, prepared, this.classes, given);
      return { detections, proposals };
    } finally {
      tf.dispose([prepared.input, maps, views.map(({ hyper }) => hyper)]);
    }
  }

  /** [Hyper Feature, map of the proposal stage] of prepared images of one size. */
  private mapsOf(prepared: tf.Tensor4D): [tf.Tensor4D, tf.Tensor4D] {
    const out = tf.tidy(() => this.hyperModel.predict(this.featureModel.predict(prepared)));
    const [hyper, map = hyper] = (Array.isArray(out) ? out : [out]) as tf.Tensor4D[];
    return [hyper, map];
  }

  private mirrorView(prepared: Prepared, flip: Flip): View {
    return { hyper: tf.tidy(() => this.mapsOf(mirrored(prepared, flip))[0]), flip };
  }

  private async proposeOn([, map]: tf.Tensor4D[], prepared: Prepared, maxBoxes: number, iouThreshold: number) {
    const [, rows, columns] = prepared.input.shape;
    const { windows, logits, offsets } = await this.scorer.score(map, columns, rows);
    // Cut to the image: there is nothing to find in what pads it.
    const { boxes, make } = movedWindows(windows, offsets, prepared.width, prepared.height);
    const kept = await nonMaxSuppressionAsync(boxes, logits, { iouThreshold, maxBoxes, make });
    return { boxes: pickBoxes(boxes, kept), logits: Float32Array.from(kept, (i) => logits[i]) };
  }
}
