import {
  type Boxes,
  checkInteger,
  clipBoxes,
  type Detection,
  type DetectOptions,
  decodeBoxes,
  detectionWeights,
  detectOptionsOf,
  type Flip,
  gridBoxes,
  inImage,
  isLargeEnough,
  meanOfViews,
  mirrorBoxes,
  movedWindows,
  nonMaxSuppression,
  type Proposal,
  pickBoxes,
  proposalsOf,
  refinedBoxes,
  scoresByClass,
} from '@tfjs-compress/math/internal';
import { type ImageInput, mirrorImage, type PreparedImage, prepareImage } from './prepareImage.js';
import { type DetectorConfig, gridOf } from './readConfig.js';
import type { FeatureMap, Stages } from './Stages.js';

/** The Hyper Feature of an image, or of its mirror image. */
interface View {
  hyper: FeatureMap;
  flip?: Flip;
}

/** A detector that is ready to run: see loadDetector. */
export class Detector {
  /** Names of the classes, in the order of the file. */
  readonly classes: readonly string[];
  /** What detect() does where an option is left out, as the model was saved. */
  readonly detectDefaults: Readonly<Required<DetectOptions>>;
  private stages: Stages | undefined;
  /** Those of the last size of an image. */
  private windows: { size: string; boxes: Boxes } | undefined;

  constructor(
    private readonly config: DetectorConfig,
    stages: Stages,
  ) {
    this.classes = config.classes;
    this.detectDefaults = detectOptionsOf({}, 'detect', config.detect);
    this.stages = stages;
  }

  /**
   * The most likely objects in an image, of any class, best first.
   *
   * @param image ImageData, or its like with 3 or 4 values 0 … 255 a pixel.
   * @param count How many at most.
   * @param options proposalIouThreshold (default 0.7): of two that overlap by more, the
   *   better stays.
   * @throws ArgumentError for an argument that is out of range.
   * @example
   * const [{ box: [x1, y1, x2, y2], score }] = detector.propose(context.getImageData(0, 0, 640, 480));
   */
  propose(image: ImageInput, count = 100, options: Pick<DetectOptions, 'proposalIouThreshold'> = {}): Proposal[] {
    checkInteger(count, 'count', 1);
    const { proposalIouThreshold } = detectOptionsOf(options, 'propose', this.config.detect, ['proposalIouThreshold']);
    const prepared = this.prepare(image);
    const { boxes, logits } = this.proposeOn(prepared, count, proposalIouThreshold);
    return proposalsOf(boxes, logits, prepared);
  }

  /**
   * The objects in an image, best first.
   *
   * @param image ImageData, or its like with 3 or 4 values 0 … 255 a pixel.
   * @param options See DetectOptions; what is left out is as the model says that was
   *   saved, its scoreThreshold for one.
   * @throws ArgumentError for an argument that is out of range.
   * @example
   * for (const { box, class: name, score } of detector.detect(image)) console.log(name, score, box);
   */
  detect(image: ImageInput, options: DetectOptions = {}): Detection[] {
    const given = detectOptionsOf(options, 'detect', this.config.detect);
    const prepared = this.prepare(image);
    const found = this.proposeOn(prepared, given.proposals, given.proposalIouThreshold);
    if (found.boxes.length === 0) return [];
    const views = this.viewsOf(prepared, found.hyper, given.flips);
    const { width, height } = prepared;
    let [rois, classified] = [found.boxes, this.classify(views, found.boxes, prepared)];
    for (let round = 0; round < given.refinements; round++) {
      rois = refinedBoxes(rois, classified, this.classes.length, width, height);
      classified = this.classify(views, rois, prepared);
    }
    const { scores, classes } = classified;
    const boxes = clipBoxes(classified.boxes, width, height);
    const { iouThreshold, scoreThreshold, maxDetections: maxBoxes } = given;
    const make = (i: number) => isLargeEnough(boxes, i);
    const kept = nonMaxSuppression(boxes, scores, { iouThreshold, scoreThreshold, classes, maxBoxes, make });
    return inImage(pickBoxes(boxes, kept), prepared).map((box, k) => ({
      box,
      class: this.classes[classes[kept[k]]],
      score: scores[kept[k]],
    }));
  }

  /** Frees the memory of the detector, which cannot be used any longer. */
  dispose(): void {
    this.stages = undefined;
  }

  private prepare(image: ImageInput): PreparedImage {
    if (!this.stages) throw new Error('detect: the detector is disposed.');
    return prepareImage(image, this.config, this.config.deepestStride);
  }

  private proposeOn(prepared: PreparedImage, maxBoxes: number, iouThreshold: number) {
    const windows = this.windowsOf(prepared);
    const { hyper, logits, offsets } = this.stages!.score(prepared, windows);
    const { boxes, make } = movedWindows(windows, offsets, prepared.width, prepared.height);
    const kept = nonMaxSuppression(boxes, logits, { iouThreshold, maxBoxes, make });
    return { hyper, boxes: pickBoxes(boxes, kept), logits: kept.map((i) => logits[i]) };
  }

  private windowsOf({ shape }: PreparedImage): Boxes {
    const size = `${shape}`;
    if (this.windows?.size !== size) this.windows = { size, boxes: gridBoxes(gridOf(this.config, shape)) };
    return this.windows.boxes;
  }

  /** The image, and the mirror images asked for. */
  private viewsOf(prepared: PreparedImage, hyper: FeatureMap, flips: readonly Flip[]): View[] {
    if (flips.length === 0) return [{ hyper }];
    const own: View = { hyper: { ...hyper, values: hyper.values.slice() } };
    return [own, ...flips.map((flip) => ({ hyper: this.stages!.hyperOf(mirrorImage(prepared, flip)), flip }))];
  }

  /** One box for each proposal and class: the mean of those of the views. */
  private classify(views: readonly View[], proposals: Boxes, { width, height }: PreparedImage) {
    const all = views.map(({ hyper, flip }) => {
      const found = this.classifyIn(hyper, mirrorBoxes(proposals, flip, width, height));
      return { ...found, boxes: mirrorBoxes(found.boxes, flip, width, height) };
    });
    return { ...all[0], ...meanOfViews(all) };
  }

  private classifyIn(hyper: FeatureMap, proposals: Boxes) {
    const [n, count] = [proposals.length / 4, this.classes.length];
    const [probabilities, offsets] = this.stages!.classify(hyper, proposals);
    const anchors = pickBoxes(
      proposals,
      Array.from({ length: n * count }, (_, i) => Math.floor(i / count)),
    );
    return { boxes: decodeBoxes(offsets, anchors, detectionWeights), ...scoresByClass(probabilities, n, count) };
  }
}
