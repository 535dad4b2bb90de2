import type { LayersModel } from '@tensorflow/tfjs-layers';
import { check, checkInteger, checkKnownOptions } from '@tfjs-compress/math';

/** Which sliding windows are candidates. HyperNet does not say; these are ours. */
export interface CandidateArgs {
  /** Distance of neighbouring windows in pixels of the resized picture. Default 16. */
  stride?: number;
  /** Square roots of their areas in those pixels. Default 32, 64, 128, 256, 512: with stride 16 some 35,000 windows at 600 × 1000. */
  scales?: number[];
  /** Heights divided by widths. Default ½, 1, 2. */
  ratios?: number[];
}

/** What training draws and how it is weighed. */
export interface TrainingArgs {
  /** Windows a picture in the proposal loss. Default 256 (torchvision), half of them positive. */
  windows?: number;
  /** Overlap from which a window is positive, and below which it is negative. Defaults 0.45 and 0.3 (the paper). */
  positive?: number;
  negative?: number;
  /** Windows a picture, drawn at random, that are scored to make proposals for the detection stage. Default 2,000 (ours). */
  scored?: number;
  /** Proposals a picture. Default 200 (the paper). */
  proposals?: number;
  /** Proposals a picture in the detection loss. Default 512 (torchvision), a quarter of them objects. */
  samples?: number;
  /** Weight of the proposals' box loss. Default 3 (the paper). */
  boxWeight?: number;
  /** Seed of what is drawn. Default 1. */
  seed?: number;
}

export interface HyperNetArgs {
  /** 'vgg16' or 'alexnet', as in the paper, with random weights; or a model of your own whose input is [null, null, null, 3]. */
  trunk: 'vgg16' | 'alexnet' | LayersModel;
  /** Names of the shallow, middle and deep layer of the trunk. Needed for a trunk of your own. */
  levels?: readonly [shallow: string, middle: string, deep: string];
  /** Names of the classes, without background. */
  classes: readonly string[];
  /** 'full' is the paper's HyperNet, 'fast' its HyperNet-SP. Default 'full'. */
  variant?: 'full' | 'fast';
  /** Whether the trunk trains, too. Its batch normalization keeps its statistics in any case. Default false. */
  fineTune?: boolean;
  /** What the trunk expects of values 0 … 255: 'tf' scales to [−1, 1], 'caffe' is BGR minus ImageNet's mean, 'none' nothing. Default 'caffe' for vgg16 and alexnet, else 'tf'. */
  preprocessing?: 'tf' | 'caffe' | 'none';
  /** Pictures are resized so that their shorter side has this many pixels, the longer at most `longSide`. Defaults 600 and 1000. */
  shortSide?: number;
  longSide?: number;
  candidates?: CandidateArgs;
  /** 'align' is RoIAlign, 'maxPool' the paper's RoI max pooling. Default 'align', whose gradient runs on the backend. */
  roi?: 'align' | 'maxPool';
  /** Bins along each side. Default 13 (the paper). */
  roiSize?: number;
  /** Channels of each level in the Hyper Feature. Default 42 (the paper). */
  channels?: number;
  /** Units of the proposal stage. Default 256 (the paper). */
  proposalUnits?: number;
  /** Channels and units of the detection stage. Defaults 63 (the paper) and 4096 (as in VGG-16). */
  detectionChannels?: number;
  detectionUnits?: number;
  /** Default 0.25 (the paper). */
  dropout?: number;
  training?: TrainingArgs;
}

/** A HyperNet's arguments with every default filled in, as they are saved with the model. */
export type HyperNetConfig = Required<
  Omit<HyperNetArgs, 'trunk' | 'candidates' | 'training' | 'levels' | 'classes'>
> & {
  classes: string[];
  levels: [string, string, string];
  candidates: Required<CandidateArgs>;
  training: Required<TrainingArgs>;
};

const known = {
  candidates: ['stride', 'scales', 'ratios'],
  training: ['windows', 'positive', 'negative', 'scored', 'proposals', 'samples', 'boxWeight', 'seed'],
  args: [
    ...[
      'trunk',
      'levels',
      'classes',
      'variant',
      'fineTune',
      'preprocessing',
      'shortSide',
      'longSide',
      'candidates',
      'roi',
    ],
    ...['roiSize', 'channels', 'proposalUnits', 'detectionChannels', 'detectionUnits', 'dropout', 'training'],
  ],
};

const builtInLevels = {
  vgg16: ['conv1_2', 'conv3_3', 'conv5_3'],
  alexnet: ['conv1', 'conv3', 'conv5'],
} as const;

/** Checks every argument and fills in the defaults. */
export function configOf(args: HyperNetArgs): HyperNetConfig {
  checkKnownOptions(args, known.args, 'hyperNet');
  checkKnownOptions(args.candidates ?? {}, known.candidates, 'hyperNet.candidates');
  checkKnownOptions(args.training ?? {}, known.training, 'hyperNet.training');
  const builtIn = typeof args.trunk === 'string' ? args.trunk : undefined;
  if (builtIn) checkOneOf(builtIn, 'trunk', ['vgg16', 'alexnet']);
  const levels = args.levels ?? (builtIn && builtInLevels[builtIn]);
  check(levels?.length === 3, 'levels', 'the names of three layers of the trunk, shallow to deep', levels);
  const { classes } = args;
  check(Array.isArray(classes) && classes.length > 0, 'classes', 'at least one name', classes);
  check(new Set(classes).size === classes.length, 'classes', 'different names', classes);
  const config: HyperNetConfig = {
    levels: [...levels],
    classes: [...classes],
    variant: args.variant ?? 'full',
    fineTune: args.fineTune ?? false,
    preprocessing: args.preprocessing ?? (builtIn ? 'caffe' : 'tf'),
    shortSide: args.shortSide ?? 600,
    longSide: args.longSide ?? 1000,
    candidates: { stride: 16, scales: [32, 64, 128, 256, 512], ratios: [0.5, 1, 2], ...args.candidates },
    roi: args.roi ?? 'align',
    roiSize: args.roiSize ?? 13,
    channels: args.channels ?? 42,
    proposalUnits: args.proposalUnits ?? 256,
    detectionChannels: args.detectionChannels ?? 63,
    detectionUnits: args.detectionUnits ?? 4096,
    dropout: args.dropout ?? 0.25,
    training: {
      ...{
        windows: 256,
        positive: 0.45,
        negative: 0.3,
        scored: 2000,
        proposals: 200,
        samples: 512,
        boxWeight: 3,
        seed: 1,
      },
      ...args.training,
    },
  };
  checkOneOf(config.variant, 'variant', ['full', 'fast']);
  checkOneOf(config.preprocessing, 'preprocessing', ['tf', 'caffe', 'none']);
  checkOneOf(config.roi, 'roi', ['align', 'maxPool']);
  for (const key of [
    'shortSide',
    'longSide',
    'roiSize',
    'channels',
    'proposalUnits',
    'detectionChannels',
    'detectionUnits',
  ] as const) {
    checkInteger(config[key], key, 1);
  }
  check(config.dropout >= 0 && config.dropout < 1, 'dropout', 'a number from 0 to below 1', config.dropout);
  check(config.longSide >= config.shortSide, 'longSide', `at least shortSide (${config.shortSide})`, config.longSide);
  for (const key of ['windows', 'scored', 'proposals', 'samples'] as const)
    checkInteger(config.training[key], `training.${key}`, 1);
  const { positive, negative } = config.training;
  check(
    positive >= negative && negative >= 0 && positive <= 1,
    'training.positive',
    `from training.negative (${negative}) to 1`,
    positive,
  );
  for (const key of ['scales', 'ratios'] as const) {
    const list = config.candidates[key];
    check(list.length > 0 && list.every((v) => v > 0), `candidates.${key}`, 'positive numbers, at least one', list);
  }
  checkInteger(config.candidates.stride, 'candidates.stride', 1);
  return config;
}

function checkOneOf(value: string, argument: string, allowed: string[]): void {
  check(allowed.includes(value), argument, allowed.map((each) => `'${each}'`).join(' or '), value);
}
