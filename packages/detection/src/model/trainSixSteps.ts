import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, ModelFitDatasetArgs } from '@tensorflow/tfjs-layers';
import { check, checkInteger, checkKnownOptions } from '@tfjs-compress/math/internal';
import type { TrainingBatches } from '../data/batches.js';
import { Detector } from './Detector.js';
import { lossTerms, totalLoss } from './trainingLoss.js';

/** 2 and 4 train the proposal stage, 3 and 5 the detection stage; the paper's numbers. */
export type Step = 2 | 3 | 4 | 5;

export interface SixStepsOptions {
  /** Epochs of each step. */
  epochs: number;
  /** A new optimizer for each step. The paper does not give the learning rates. */
  optimizer: (step: Step) => tf.Optimizer;
  /**
   * What the batches were made for: detector.headModel (default) with cachedBatches,
   * detector.model with imageBatches.
   */
  model?: LayersModel;
  /** Callbacks of fitDataset for each step. Default: none. */
  callbacks?: (step: Step) => ModelFitDatasetArgs<tf.TensorContainer>['callbacks'];
}

/**
 * Trains in the paper's six steps (§3.4) instead of jointly. 1: a trunk that was trained
 * on images of one object each, which is given. 2: Hyper Feature and proposal stage. 3:
 * the Hyper Feature anew, with the detection stage, on the proposals of step 2. 4: the
 * proposal stage on that Hyper Feature, which stays as it is from here on. 5: the
 * detection stage on the proposals of step 4. 6: both on one Hyper Feature, which is this
 * detector. A trunk built with fineTune trains in steps 2 and 3, each from the weights
 * given, and only with detector.model.
 *
 * The detector is left compiled by none of this; call detector.compile() to train on.
 *
 * ```js
 * const batches = await cachedBatches(detector, set);
 * await trainSixSteps(detector, batches, { epochs: 1, optimizer: () => tf.train.adam(1e-3) });
 * ```
 *
 * @param detector What trains, in place.
 * @param batches Of cachedBatches(), or of imageBatches() with `model: detector.model`.
 * @param options Epochs and optimizer of each step.
 * @throws ArgumentError for an option.
 */
export async function trainSixSteps(
  detector: Detector,
  batches: TrainingBatches,
  options: SixStepsOptions,
): Promise<void> {
  checkKnownOptions(options, ['epochs', 'optimizer', 'model', 'callbacks'], 'trainSixSteps');
  checkInteger(options.epochs, 'epochs', 1);
  check(
    typeof options.optimizer === 'function',
    'optimizer',
    'a function that makes one for a step',
    options.optimizer,
  );
  const which = options.model ?? detector.headModel;
  const ofDetector = which === detector.headModel || which === detector.model;
  check(ofDetector, 'model', "the detector's headModel or model", which);
  const stages = detector.stageModels(which);
  const shared = sharedLayers(detector, which);
  const before = shared.map((layer) => layer.getWeights().map((weight) => weight.clone()));

  const fit = async (step: Step, stage: 'proposal' | 'detection', data: TrainingBatches) => {
    const optimizer = options.optimizer(step);
    stages[stage].compile({ optimizer, loss: totalLoss, metrics: lossTerms[stage] });
    const callbacks = options.callbacks?.(step);
    await stages[stage].fitDataset(data as never, { epochs: options.epochs, verbose: 0, callbacks });
    optimizer.dispose();
  };

  await fit(2, 'proposal', batches);
  const first = await copyOf(detector);
  shared.forEach((layer, i) => {
    layer.setWeights(before[i]);
  });
  tf.dispose(before);
  await fit(3, 'detection', withProposals(batches, first, which === detector.model ? first.model : first.headModel));
  first.dispose();
  const trainable = shared.map((layer) => layer.trainable);
  try {
    for (const layer of shared) layer.trainable = false;
    await fit(4, 'proposal', batches);
    await fit(5, 'detection', withProposals(batches, detector, which));
  } finally {
    shared.forEach((layer, i) => {
      layer.trainable = trainable[i];
    });
  }
}

/**
 * The layers of which both stages use the output: Hyper Feature, and the trunk where it
 * trains.
 */
function sharedLayers(detector: Detector, which: LayersModel) {
  const hyper = ['hyper_shallow', 'hyper_middle', 'hyper_deep', 'deconv_deep'];
  const trunk = new Set(which === detector.model && detector.config.fineTune ? detector.featureModel.layers : []);
  return detector.model.layers.filter((layer) => hyper.includes(layer.name) || trunk.has(layer));
}

/** The batches with what a detector proposes for each. */
function withProposals(batches: TrainingBatches, detector: Detector, which: LayersModel): TrainingBatches {
  const { propose } = detector.stageModels(which);
  return {
    size: batches.size,
    async iterator() {
      const inner = await batches.iterator();
      return {
        async next() {
          const { done, value } = await inner.next();
          if (done) return { done, value };
          const { xs, ys } = value;
          const proposals = tf.tidy(() => propose.predictOnBatch(propose.inputNames.map((name) => xs[name])));
          const losses = tf.tidy(() => tf.slice(ys, [0, 0], [-1, 2]) as tf.Tensor2D);
          ys.dispose();
          return { done: false, value: { xs: { ...xs, proposals: proposals as tf.Tensor }, ys: losses } };
        },
      };
    },
  };
}

async function copyOf(detector: Detector): Promise<Detector> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await detector.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return Detector.load(tf.io.fromMemory(artifacts as tf.io.ModelArtifacts));
}
