import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { DetectionLosses, ProposalLosses } from '../layers/DetectionLosses.js';
import { LocalResponseNormalization } from '../layers/LocalResponseNormalization.js';
import { Proposals } from '../layers/Proposals.js';
import { RoIAlign } from '../layers/RoIAlign.js';
import { RoIMaxPooling } from '../layers/RoIMaxPooling.js';
import { SampleCandidates } from '../layers/SampleCandidates.js';
import { SampleProposals } from '../layers/SampleProposals.js';
import type { HyperNetConfig } from './HyperNetOptions.js';

type Layer = InstanceType<typeof layers.Layer>;
/** Gives a layer of the detector by its name. */
export type LayerLookup = (name: string) => Layer;

/** Every layer of a HyperNet but the trunk's, by name. */
export function createLayers(config: HyperNetConfig, strides: readonly number[]): LayerLookup {
  const [shallow, stride, deep] = strides;
  const { channels, roiSize, training, candidates } = config;
  const roi = (name: string, samplingRatio: number, gradient: boolean) =>
    config.roi === 'maxPool'
      ? new RoIMaxPooling({ name, size: roiSize, stride })
      : new RoIAlign({ name, size: roiSize, stride, samplingRatio, gradient });
  const hyper = (level: string) => [
    layers.conv2d({
      name: `hyper_${level}`,
      filters: channels,
      kernelSize: 5,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: 'heNormal',
    }),
    new LocalResponseNormalization({ name: `lrn_${level}` }),
  ];
  const dense = (name: string, units: number) =>
    layers.dense({ name, units, activation: 'relu', kernelInitializer: 'heNormal' });
  const head = (name: string, units: number) => layers.dense({ name, units, kernelInitializer: 'glorotNormal' });
  const conv3 = (name: string, filters: number, activation: 'relu' | 'linear') =>
    layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', activation, kernelInitializer: 'heNormal' });
  const up = deep / stride;
  const all: Layer[] = [
    layers.maxPooling2d({ name: 'pool_shallow', poolSize: stride / shallow, strides: stride / shallow }),
    ...(up > 1
      ? [
          layers.conv2dTranspose({
            name: 'deconv_deep',
            filters: channels,
            kernelSize: 2 * up,
            strides: up,
            padding: 'same',
            kernelInitializer: 'heNormal',
          }),
        ]
      : []),
    ...['shallow', 'middle', 'deep'].flatMap(hyper),
    layers.concatenate({ name: 'hyper' }),
    new SampleCandidates({
      name: 'sample_candidates',
      stride,
      gridStride: candidates.stride,
      scales: candidates.scales,
      ratios: candidates.ratios,
      count: training.windows,
      positive: training.positive,
      negative: training.negative,
      scored: training.scored,
      seed: training.seed,
    }),
    // Linear: of four channels behind a ReLU some are dead from the start, and the stage
    // then hardly learns.
    conv3('proposal_conv', 4, 'linear'),
    // One sample a bin: windows are many, and their bins mostly no larger than a cell.
    roi('proposal_roi', 1, true),
    roi('proposal_roi_scored', 1, false),
    layers.flatten({ name: 'proposal_flatten' }),
    dense('proposal_fc', config.proposalUnits),
    head('proposal_logit', 1),
    head('proposal_box', 4),
    new ProposalLosses({ name: 'proposal_losses', boxWeight: training.boxWeight }),
    new Proposals({ name: 'proposals', stride, count: training.proposals }),
    new SampleProposals({
      name: 'sample_proposals',
      count: training.samples,
      positiveFraction: training.positiveFraction,
      seed: training.seed + 1,
    }),
    roi('detection_roi', 2, true),
    conv3('detection_conv', config.detectionChannels, 'relu'),
    layers.flatten({ name: 'detection_flatten' }),
    dense('detection_fc1', config.detectionUnits),
    layers.dropout({ name: 'detection_dropout1', rate: config.dropout }),
    dense('detection_fc2', config.detectionUnits),
    layers.dropout({ name: 'detection_dropout2', rate: config.dropout }),
    head('detection_logits', config.classes.length + 1),
    head('detection_box', 4 * config.classes.length),
    new DetectionLosses({ name: 'detection_losses' }),
    layers.concatenate({ name: 'losses' }),
  ];
  const byName = new Map(all.map((each) => [each.name, each]));
  return (name) => byName.get(name) as Layer;
}

const apply = (layer: Layer, ...inputs: SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as SymbolicTensor;
const applyMany = (layer: Layer, ...inputs: SymbolicTensor[]) => layer.apply(inputs) as SymbolicTensor[];

/** The three levels at the middle one's size, the first pooled, → the Hyper Feature. */
export function connectHyper(get: LayerLookup, [shallow, middle, deep]: SymbolicTensor[]): SymbolicTensor {
  const deconv = get('deconv_deep');
  const sources = { shallow, middle, deep: deconv ? apply(deconv, deep) : deep };
  const parts = Object.entries(sources).map(([level, source]) =>
    apply(get(`lrn_${level}`), apply(get(`hyper_${level}`), source)),
  );
  return apply(get('hyper'), ...parts);
}

/**
 * What the proposal stage pools its boxes from: the Hyper Feature, or its four channels
 * in the fast variant.
 */
export function connectProposalMap(get: LayerLookup, config: HyperNetConfig, hyper: SymbolicTensor): SymbolicTensor {
  return config.variant === 'fast' ? apply(get('proposal_conv'), hyper) : hyper;
}

/**
 * The proposal stage's units [n, units], of what was pooled from the map in n windows.
 */
export function connectProposalHidden(
  get: LayerLookup,
  config: HyperNetConfig,
  pooled: SymbolicTensor,
): SymbolicTensor {
  const features = config.variant === 'fast' ? pooled : apply(get('proposal_conv'), pooled);
  return apply(get('proposal_fc'), apply(get('proposal_flatten'), features));
}

/** [logits, offsets] of windows. */
export function connectProposalHead(
  get: LayerLookup,
  config: HyperNetConfig,
  pooled: SymbolicTensor,
): [SymbolicTensor, SymbolicTensor] {
  const hidden = connectProposalHidden(get, config, pooled);
  return [apply(get('proposal_logit'), hidden), apply(get('proposal_box'), hidden)];
}

/** [logits, offsets] of proposals. */
export function connectDetectionHead(
  get: LayerLookup,
  hyper: SymbolicTensor,
  boxes: SymbolicTensor,
): [SymbolicTensor, SymbolicTensor] {
  const features = apply(get('detection_conv'), apply(get('detection_roi'), hyper, boxes));
  const names = ['detection_flatten', 'detection_fc1', 'detection_dropout1', 'detection_fc2', 'detection_dropout2'];
  const hidden = names.reduce((x, name) => apply(get(name), x), features);
  return [apply(get('detection_logits'), hidden), apply(get('detection_box'), hidden)];
}

/** What a model that trains is given beside its sources. */
const objectInputs = () => [input({ shape: [null, 4], name: 'boxes' }), input({ shape: [null], name: 'classes' })];

/** Losses [b, 2] of the proposal stage, and the proposals it makes meanwhile. */
function connectProposalTraining(
  get: LayerLookup,
  config: HyperNetConfig,
  hyper: SymbolicTensor,
  objects: SymbolicTensor[],
): [losses: SymbolicTensor, proposals: SymbolicTensor] {
  const map = connectProposalMap(get, config, hyper);
  const [windows, windowTargets, scored] = applyMany(get('sample_candidates'), hyper, ...objects);
  const [logits, offsets] = connectProposalHead(get, config, apply(get('proposal_roi'), map, windows));
  const losses = apply(get('proposal_losses'), logits, offsets, windowTargets);
  const scores = connectProposalHead(get, config, apply(get('proposal_roi_scored'), map, scored));
  return [losses, apply(get('proposals'), hyper, scored, ...scores)];
}

/** Losses [b, 2] of the detection stage on those proposals. */
function connectDetectionTraining(
  get: LayerLookup,
  hyper: SymbolicTensor,
  proposals: SymbolicTensor,
  objects: SymbolicTensor[],
): SymbolicTensor {
  const [samples, sampleTargets] = applyMany(get('sample_proposals'), proposals, ...objects);
  return apply(get('detection_losses'), ...connectDetectionHead(get, hyper, samples), sampleTargets);
}

/**
 * The model that trains: `sources` (the image, or the three levels) and the objects in,
 * four losses per image out.
 */
export function connectTraining(
  get: LayerLookup,
  config: HyperNetConfig,
  sources: SymbolicTensor[],
  levels: SymbolicTensor[],
): LayersModel {
  const objects = objectInputs();
  const hyper = connectHyper(get, levels);
  const [proposalLosses, proposals] = connectProposalTraining(get, config, hyper, objects);
  const losses = apply(get('losses'), proposalLosses, connectDetectionTraining(get, hyper, proposals, objects));
  return model({ inputs: [...sources, ...objects], outputs: losses, name: 'hypernet' });
}

export interface StageModels {
  /** [sources, boxes, classes] → [b, 2], the losses of the proposal stage. */
  proposal: LayersModel;
  /** The same inputs → [b, count, 5], proposals. */
  propose: LayersModel;
  /** [sources, boxes, classes, proposals] → [b, 2], the losses of the detection stage. */
  detection: LayersModel;
}

/** The two stages as models that train each by itself. */
export function connectStages(
  get: LayerLookup,
  config: HyperNetConfig,
  sources: SymbolicTensor[],
  levels: SymbolicTensor[],
): StageModels {
  const objects = objectInputs();
  const hyper = connectHyper(get, levels);
  const [losses, proposals] = connectProposalTraining(get, config, hyper, objects);
  const given = input({ shape: [null, 5], name: 'proposals' });
  const inputs = [...sources, ...objects];
  return {
    proposal: model({ inputs, outputs: losses }),
    propose: model({ inputs, outputs: proposals }),
    detection: model({
      inputs: [...inputs, given],
      outputs: connectDetectionTraining(get, hyper, given, objects),
    }),
  };
}
