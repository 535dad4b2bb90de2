import { LayersModel } from '@tensorflow/tfjs-layers';
import {
  check,
  checkInteger,
  checkOneOf,
  type DetectOptions,
  detectOptionsOf,
  type Preprocessing,
  preprocessings,
  resolveOptions,
} from '@tfjs-compress/math/internal';
import { checkClasses } from '../data/checkClasses.js';

/** Which sliding windows are candidates. HyperNet does not say; these are ours. */
export interface CandidateOptions {
  /** Distance of neighbouring windows in pixels of the resized image. Default 16. */
  stride?: number;
  /**
   * Square roots of their areas in those pixels. Default 32, 64, 128, 256, 512: with
   * stride 16 some 35,000 windows at 600 × 1000.
   */
  scales?: number[];
  /** Heights divided by widths. Default ½, 1, 2. */
  ratios?: number[];
}

/** What training draws and how it is weighed. */
export interface TrainingOptions {
  /**
   * Windows per image in the proposal loss. Default 256 (torchvision), half of them
   * positive.
   */
  windows?: number;
  /**
   * Overlap from which a window is positive, and below which it is negative. Defaults
   * 0.45 and 0.3 (the paper).
   */
  positive?: number;
  negative?: number;
  /**
   * Windows per image, drawn at random, that are scored to make proposals for the
   * detection stage. Default 2,000 (ours).
   */
  scored?: number;
  /** Proposals per image. Default 200 (the paper). */
  proposals?: number;
  /** Proposals per image in the detection loss. Default 512 (torchvision). */
  samples?: number;
  /**
   * Part of the samples that are objects, at most. Default 0.25 (torchvision). Scores
   * follow it: those of 0.5 are higher than those of 0.25.
   */
  positiveFraction?: number;
  /** Weight of the proposals' box loss. Default 3 (the paper). */
  boxWeight?: number;
  /** Seed of what is drawn. Default 1. */
  seed?: number;
}

export interface HyperNetOptions {
  /**
   * 'vgg16' or 'alexnet', as in the paper, with random weights; or a model of your own
   * whose input is [null, null, null, 3]. trunkOf() makes one of a model for images of
   * one size.
   */
  trunk: 'vgg16' | 'alexnet' | LayersModel;
  /**
   * Names of the shallow, middle and deep layer of the trunk. Needed for a trunk of your
   * own, unless it has three outputs: then they are those.
   */
  levels?: readonly [shallow: string, middle: string, deep: string];
  /** Names of the classes, without background. */
  classes: readonly string[];
  /** 'full' is the paper's HyperNet, 'fast' its HyperNet-SP. Default 'full'. */
  variant?: 'full' | 'fast';
  /**
   * Whether the trunk trains, too, but for layers that you froze. Its batch normalization
   * keeps its statistics in any case. Default false.
   */
  fineTune?: boolean;
  /**
   * What the trunk expects of values 0 … 255: 'tf' scales to [−1, 1], 'caffe' is BGR
   * minus ImageNet's mean, 'torch' is ImageNet's mean and deviation of values 0 … 1,
   * 'none' nothing. Default 'caffe' for vgg16 and alexnet, else 'tf'.
   */
  preprocessing?: Preprocessing;
  /**
   * Images are resized so that their shorter side has this many pixels, the longer at
   * most `longSide`. Defaults 600 and 1000.
   */
  shortSide?: number;
  longSide?: number;
  candidates?: CandidateOptions;
  /**
   * 'align' is RoIAlign, 'maxPool' the paper's RoI max pooling. Default 'align', whose
   * gradient runs on the backend.
   */
  roi?: 'align' | 'maxPool';
  /** Bins along each side. Default 13 (the paper). */
  roiSize?: number;
  /** Channels of each level in the Hyper Feature. Default 42 (the paper). */
  channels?: number;
  /** Units of the proposal stage. Default 256 (the paper). */
  proposalUnits?: number;
  /**
   * Channels and units of the detection stage. Defaults 63 (the paper) and 4096 (as in
   * VGG-16).
   */
  detectionChannels?: number;
  detectionUnits?: number;
  /** Default 0.25 (the paper). */
  dropout?: number;
  training?: TrainingOptions;
  /**
   * Defaults of detect() and propose() that are saved with the model. Default: none of
   * its own.
   */
  detect?: DetectOptions;
}

/**
 * A HyperNet's arguments with every default filled in, as they are saved with the model.
 */
export type HyperNetConfig = Required<
  Omit<HyperNetOptions, 'trunk' | 'candidates' | 'training' | 'levels' | 'classes'>
> & {
  classes: string[];
  levels: [string, string, string];
  candidates: Required<CandidateOptions>;
  training: Required<TrainingOptions>;
};

const builtInLevels = {
  vgg16: ['conv1_2', 'conv3_3', 'conv5_3'],
  alexnet: ['conv1', 'conv3', 'conv5'],
} as const;

const candidateDefaults: Required<CandidateOptions> = {
  stride: 16,
  scales: [32, 64, 128, 256, 512],
  ratios: [0.5, 1, 2],
};

const trainingDefaults: Required<TrainingOptions> = {
  windows: 256,
  positive: 0.45,
  negative: 0.3,
  scored: 2000,
  proposals: 200,
  samples: 512,
  positiveFraction: 0.25,
  boxWeight: 3,
  seed: 1,
};

const defaults = {
  trunk: undefined,
  levels: undefined,
  classes: [],
  variant: 'full',
  fineTune: false,
  preprocessing: undefined,
  shortSide: 600,
  longSide: 1000,
  candidates: {},
  roi: 'align',
  roiSize: 13,
  channels: 42,
  proposalUnits: 256,
  detectionChannels: 63,
  detectionUnits: 4096,
  dropout: 0.25,
  training: {},
  detect: {},
};

/**
 * Checks every argument and fills in the defaults; an undefined one is the default,
 * nested ones too.
 */
export function configOf(options: HyperNetOptions): HyperNetConfig {
  const given = resolveOptions<HyperNetOptions>('hyperNet', options, defaults as unknown as HyperNetOptions);
  const { trunk, levels: named, preprocessing, candidates, training, detect, ...rest } = given;
  const builtIn = typeof trunk === 'string' ? trunk : undefined;
  if (builtIn) checkOneOf(builtIn, ['vgg16', 'alexnet'], 'trunk');
  else check(trunk instanceof LayersModel, 'trunk', "'vgg16', 'alexnet' or a LayersModel", trunk);
  const outputs = builtIn ? [] : (trunk as LayersModel).outputs.map(({ sourceLayer }) => sourceLayer.name);
  checkClasses(given.classes);
  const levels = named ?? (builtIn ? builtInLevels[builtIn] : outputs);
  const areThree = Array.isArray(levels) && levels.length === 3 && levels.every((name) => typeof name === 'string');
  check(areThree, 'levels', 'the names of three layers of the trunk, shallow to deep', named);
  const config = {
    ...rest,
    levels: [...levels],
    classes: [...given.classes],
    preprocessing: preprocessing ?? (builtIn ? 'caffe' : 'tf'),
    candidates: resolveOptions('hyperNet.candidates', candidates ?? {}, candidateDefaults),
    training: resolveOptions('hyperNet.training', training ?? {}, trainingDefaults),
    detect: Object.fromEntries(Object.entries(detect ?? {}).filter(([, value]) => value !== undefined)),
  } as HyperNetConfig;
  checkConfig(config);
  return config;
}

const counts = [
  'shortSide',
  'longSide',
  'roiSize',
  'channels',
  'proposalUnits',
  'detectionChannels',
  'detectionUnits',
] as const;

function checkConfig(config: HyperNetConfig): void {
  const { candidates, training, dropout, longSide, shortSide } = config;
  checkOneOf(config.variant, ['full', 'fast'], 'variant');
  check(typeof config.fineTune === 'boolean', 'fineTune', 'true or false', config.fineTune);
  checkOneOf(config.preprocessing, preprocessings, 'preprocessing');
  checkOneOf(config.roi, ['align', 'maxPool'], 'roi');
  for (const key of counts) checkInteger(config[key], key, 1);
  check(dropout >= 0 && dropout < 1, 'dropout', 'a number from 0 to below 1', dropout);
  check(longSide >= shortSide, 'longSide', `at least shortSide (${shortSide})`, longSide);
  for (const key of ['windows', 'scored', 'proposals', 'samples'] as const)
    checkInteger(training[key], `training.${key}`, 1);
  const { positive, negative, positiveFraction, boxWeight, seed } = training;
  const isPart = positiveFraction > 0 && positiveFraction <= 1;
  check(isPart, 'training.positiveFraction', 'a part above 0, at most 1', positiveFraction);
  const areOverlaps = positive >= negative && negative >= 0 && positive <= 1;
  check(areOverlaps, 'training.positive', `from training.negative (${negative}) to 1`, positive);
  check(Number.isFinite(boxWeight) && boxWeight >= 0, 'training.boxWeight', 'a number ≥ 0', boxWeight);
  check(Number.isFinite(seed), 'training.seed', 'a number', seed);
  checkInteger(candidates.stride, 'candidates.stride', 1);
  for (const key of ['scales', 'ratios'] as const) {
    const list = candidates[key];
    const isGood = Array.isArray(list) && list.length > 0 && list.every((v) => Number.isFinite(v) && v > 0);
    check(isGood, `candidates.${key}`, 'positive numbers, at least one', list);
  }
  detectOptionsOf(config.detect, 'hyperNet.detect');
}
