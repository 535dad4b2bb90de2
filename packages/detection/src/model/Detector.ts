import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, loadLayersModel, model as modelOf } from '@tensorflow/tfjs-layers';
import { shareRun } from '@tfjs-compress/layers/internal';
import {
  check,
  checkInteger,
  type Detection,
  type DetectOptions,
  detectDefaults,
  detectOptionsOf,
  type Proposal,
} from '@tfjs-compress/math/internal';
import type { ImageSet } from '../data/ImageSet.js';
import { type DetectAllOptions, detectAll } from '../evaluation/detectAll.js';
import { type ScorePoint, scoreCurves } from '../evaluation/scoreCurves.js';
import { DetectionStages } from './DetectionStages.js';
import { freezeBatchNormalization } from './frozenBatchNormalization.js';
import type { HyperNetConfig } from './HyperNetOptions.js';
import { outputOf } from './levels.js';
import {
  connectHyper,
  connectProposalMap,
  connectStages,
  connectTraining,
  type LayerLookup,
  type StageModels,
} from './network.js';
import { ProposalClassifier } from './ProposalClassifier.js';
import { type ImageInput, loadForDetection, type PreparableImage, type Prepared, prepare } from './preprocess.js';
import { lossTerms, totalLoss } from './trainingLoss.js';
import { WindowScorer } from './WindowScorer.js';

/**
 * A HyperNet: what hyperNet() builds and Detector.load() reads.
 *
 * ```js
 * await detector.save(compressed('file://detector.tfz'));
 * const again = await Detector.load(compressed('file://detector.tfz'));
 * const [best] = await again.detect(await readImage('cells.jpg')); // …
 * ```
 */
export class Detector {
  readonly config: HyperNetConfig;
  /** Strides of the trunk's three levels in pixels. */
  readonly strides: readonly [number, number, number];
  /**
   * [image, boxes, classes] → the trunk's three levels, the first pooled to the
   * second's size.
   */
  readonly featureModel: LayersModel;
  /**
   * `model` without the trunk: [three levels, boxes, classes] → losses. Trains on what
   * featureModel gave, once, for a frozen trunk.
   */
  readonly headModel: LayersModel;
  /**
   * The stages one by one, for trainSixSteps: on images (`model`) or cached levels
   * (`headModel`).
   */
  readonly stageModels: (which: LayersModel) => StageModels;
  private readonly stages: DetectionStages;

  /**
   * @param model the whole network with its losses: [images [b, h, w, 3], boxes [b, m,
   *   4], classes [b, m]] → [b, 4]; what fit, callbacks and save work on
   */
  constructor(readonly model: LayersModel) {
    const metadata = model.getUserDefinedMetadata() as {
      hyperNet?: HyperNetConfig;
      strides?: [number, number, number];
    };
    check(metadata?.hyperNet !== undefined, 'model', 'a model that hyperNet() built and save() wrote', metadata);
    this.config = { ...metadata.hyperNet, detect: { ...metadata.hyperNet.detect } };
    this.strides = metadata.strides as [number, number, number];
    freezeBatchNormalization(model);
    const get: LayerLookup = (name) => model.layers.find((layer) => layer.name === name) as ReturnType<LayerLookup>;
    const output = (name: string) => outputOf(model, name);
    const { levels, classes } = this.config;
    const units = (get('detection_logits').getConfig() as { units: number }).units;
    check(units === classes.length + 1, 'classes', `one name for each of the model's ${units - 1} classes`, classes);
    const outputs = [output('pool_shallow'), output(levels[1]), output(levels[2])];
    const [image] = model.inputs;
    this.featureModel = modelOf({ inputs: image, outputs });
    const sources = ['shallow', 'middle', 'deep'].map((name, i) =>
      input({ shape: [null, null, outputs[i].shape[3]], name: `level_${name}` }),
    );
    this.headModel = connectTraining(get, this.config, sources, sources);
    this.stageModels = (which) => {
      const from = which === this.headModel ? sources : [image];
      const stages = connectStages(get, this.config, from, which === this.headModel ? sources : outputs);
      for (const stage of Object.values(stages)) shareRun(stage, model);
      return stages;
    };
    // save() writes `model`, whichever was trained.
    shareRun(this.headModel, model);
    const hyper = connectHyper(get, sources);
    const hyperModel = modelOf({
      inputs: sources,
      outputs: [...new Set([hyper, connectProposalMap(get, this.config, hyper)])],
    });
    const scorer = new WindowScorer(get, this.config);
    const classifier = new ProposalClassifier(get, this.config);
    this.stages = new DetectionStages(this.featureModel, hyperModel, scorer, classifier, classes);
  }

  /** Reads what save() wrote, from a path, a URL or an IOHandler. */
  static async load(source: string | tf.io.IOHandler): Promise<Detector> {
    return new Detector(await loadLayersModel(source));
  }

  /**
   * A detector of what `change` makes of this one's model, such as compressible() or
   * strip() of @tfjs-compress/layers: `detector.rebuild(compressible)`. It has weights of
   * its own; this one stays as it is.
   */
  rebuild(change: (model: LayersModel) => LayersModel): Detector {
    const changed = change(this.model);
    changed.setUserDefinedMetadata({ hyperNet: this.config, strides: [...this.strides] });
    return new Detector(changed);
  }

  /** Writes the whole detector as one LayersModel, to a path, a URL or an IOHandler. */
  save(target: string | tf.io.IOHandler): Promise<tf.io.SaveResult> {
    return this.model.save(target);
  }

  /**
   * Compiles `which` (default: model; headModel for a frozen trunk) with the sum of the
   * four losses, each also a metric.
   */
  compile(optimizer: tf.Optimizer, which: LayersModel = this.model): void {
    which.compile({ optimizer, loss: totalLoss, metrics: lossTerms.joint });
  }

  /** Resizes, scales and pads an image for this network. */
  prepare(image: PreparableImage): Prepared {
    return prepare(image, this.config, this.strides[2]);
  }

  /** The most likely objects in an image, best first, at most `count`. */
  async propose(
    image: ImageInput,
    count = 100,
    options: Pick<DetectOptions, 'proposalIouThreshold'> = {},
  ): Promise<Proposal[]> {
    checkInteger(count, 'count', 1);
    const { proposalIouThreshold } = detectOptionsOf(options, 'propose', this.config.detect, ['proposalIouThreshold']);
    const prepared = this.prepare(await loadForDetection(image));
    return this.stages.propose(prepared, count, proposalIouThreshold);
  }

  /** The objects in an image, best first. */
  async detect(image: ImageInput, options: DetectOptions = {}): Promise<Detection[]> {
    return (await this.detectWithProposals(image, options)).detections;
  }

  /** The same together with the proposals they come from. */
  async detectWithProposals(
    image: ImageInput,
    options: DetectOptions = {},
  ): Promise<{ detections: Detection[]; proposals: Proposal[] }> {
    const given = detectOptionsOf(options, 'detect', this.config.detect);
    const prepared = this.prepare(await loadForDetection(image));
    return this.stages.detect(prepared, given);
  }

  /**
   * The same as detect() of each image, in fewer runs of the network: images of one
   * size go through the trunk together, `batchSize` (default 8) at most.
   *
   * @returns Of each image, best first.
   */
  async detectMany(
    images: readonly ImageInput[],
    options: DetectOptions & { batchSize?: number } = {},
  ): Promise<Detection[][]> {
    const { batchSize = 8, ...others } = options;
    checkInteger(batchSize, 'batchSize', 1);
    check(Array.isArray(images), 'images', 'a list of images', images);
    const known = [...Object.keys(detectDefaults), 'batchSize'];
    const given = detectOptionsOf(others, 'detectMany', this.config.detect, known);
    const found: Detection[][] = [];
    for (let from = 0; from < images.length; from += batchSize) {
      const loaded = await Promise.all(images.slice(from, from + batchSize).map(loadForDetection));
      const prepared: Prepared[] = [];
      // In a tidy, which disposes of those prepared where a later one is refused.
      tf.tidy(() =>
        loaded.map((image) => {
          prepared.push(this.prepare(image));
          return prepared.at(-1)!.input;
        }),
      );
      found.push(...(await this.stages.detectTogether(prepared, given)));
    }
    return found;
  }

  /**
   * Chooses the scoreThreshold with the best F1 of all classes together (at an overlap of
   * 0.5), and makes it, with the other options given, what detect() does by default;
   * save() keeps that. Give validation images: neither those trained on nor those you
   * report.
   *
   * @param options Those of detect() that are to be used; see detectAll().
   * @returns The threshold, and precision, recall and F1 with it on these images.
   * @throws ArgumentError for an option or the set; Error where no object is found at
   *   all.
   * @example
   * const { threshold, precision, recall } = await detector.chooseThreshold(valSet, { proposals: 300 });
   * await detector.save('file://detector');
   */
  async chooseThreshold(set: ImageSet, options: DetectAllOptions = {}): Promise<ScorePoint> {
    const { onProgress: _, ...given } = options;
    const { detections } = await detectAll(this, set, options);
    const truth = set.images.map(({ objects }) => objects);
    const { best } = scoreCurves(detections, truth).all;
    if (!best || best.f1 === 0) throw new Error('chooseThreshold: no object of these images is found at any score.');
    this.setDetectDefaults({ ...given, scoreThreshold: best.threshold });
    return best;
  }

  /**
   * Sets what detect() and propose() do by default with this detector; save() keeps it.
   * Options that are not given stay as they are.
   *
   * @throws ArgumentError for a value, Error for an unknown option.
   */
  setDetectDefaults(options: DetectOptions): void {
    const all = detectOptionsOf(options, 'setDetectDefaults', this.config.detect);
    const given = (Object.keys(options) as (keyof DetectOptions)[]).filter((key) => options[key] !== undefined);
    for (const key of given) Object.assign(this.config.detect, { [key]: all[key] });
    const metadata = this.model.getUserDefinedMetadata();
    this.model.setUserDefinedMetadata({ ...metadata, hyperNet: this.config });
  }

  /**
   * Frees all weights. (A layer of several models counts them; model.dispose() would take
   * off one only.)
   */
  dispose(): void {
    for (const layer of this.model.layers) while (layer.dispose().refCountAfterDispose > 0);
  }
}
