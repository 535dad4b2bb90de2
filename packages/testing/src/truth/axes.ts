import * as tf from '@tensorflow/tfjs-core';
import { kinds } from './kinds.js';
import { type OptionSet, optionSets } from './options.js';
import { pairwise } from './pairwise.js';

/**
 * Learning rates at which the small nets of the cases neither stand still nor diverge.
 */
export const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.02),
  momentum: () => tf.train.momentum(0.02, 0.9),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.05),
  rmsprop: () => tf.train.rmsprop(0.005),
  // tfjs takes epsilon away from the variance, where others add it: with a positive one,
  // what has no gradient becomes NaN.
  centeredRmsprop: () => tf.train.rmsprop(0.005, 0.9, 0.5, -1e-4, true),
};

/** Which callbacks, in which order, in how many fits. */
const plans = ['inq', 'target', 'rate', 'target+inq', 'inq+target', 'rate+inq', 'target then inq'] as const;
type Plan = (typeof plans)[number];

const situations = [
  'plain',
  'stopped, finish',
  'stopped in an epoch, finish',
  'stopped, keep',
  'stopped, keep, loaded',
  'maxNorm',
  'unitNorm',
  'nonNeg',
  'minMaxNorm',
  'l1',
  'l2',
  'frozen layer',
  'custom layer',
  'registered layer',
  'zero kernel',
  'excluded layer',
  'dataset',
  'dataset of unknown size',
  'batch larger than the data',
  'one batch',
  'initialEpoch',
  'several outputs',
  'own loop',
] as const;
export type Situation = (typeof situations)[number];

/**
 * Who else stands in `callbacks`: an array that holds nothing but ours, plain objects or
 * instances, before or after.
 */
const companies = ['alone', 'plain before', 'plain after', 'instance before', 'instance after'] as const;
type Company = (typeof companies)[number];

export interface Case {
  plan: Plan;
  kind: string;
  situation: Situation;
  optimizer: string;
  style: 'sequential' | 'functional';
  validation: 'none' | 'data' | 'split';
  company: Company;
  bits: number;
  options: OptionSet;
}

export const axes: { [Key in keyof Case]: readonly Case[Key][] } = {
  plan: plans,
  kind: Object.keys(kinds),
  situation: situations,
  optimizer: Object.keys(optimizers),
  style: ['sequential', 'functional'],
  validation: ['data', 'split', 'none'],
  company: companies,
  bits: [5, 4, 3, 2],
  options: optionSets,
};

export const isDataset = (situation: Situation) => situation.startsWith('dataset');
export const isStopped = (situation: Situation) => situation.startsWith('stopped');

/** Whether the values of a case (those given) can stand together. */
export function isPossible(part: Partial<Case>): boolean {
  const { plan, kind, situation, style, validation, company, options } = part;
  const isOurs = kind !== undefined && (kinds[kind].head !== undefined || kinds[kind].convert !== undefined);
  if (situation === 'several outputs' && (style === 'sequential' || isOurs)) return false;
  // A model with layers of ours is not asked to take custom ones too.
  if ((situation === 'custom layer' || situation === 'registered layer') && isOurs) return false;
  // There the order of the calls is the user's, and surgery comes first.
  if (situation === 'own loop' && plan === 'inq+target') return false;
  // An error before the first batch, with a test of its own.
  if (situation === 'dataset of unknown size' && plan?.includes('+')) return false;
  if (situation === 'own loop' && validation !== undefined && validation !== 'none') return false;
  if (situation === 'own loop' && company !== undefined && company !== 'alone') return false;
  // Somebody has to stop the fit.
  if (situation && isStopped(situation) && company === 'alone') return false;
  if (situation && isDataset(situation) && validation === 'split') return false;
  // Nothing would be left of the kernel.
  if (situation === 'zero kernel' && options === 'keepZeros') return false;
  // An error before the first batch, with a test of its own.
  if (situation === 'excluded layer' && (options === 'overrides' || options === 'skip')) return false;
  // Overrides and phases take by name what nobody trains.
  if (situation === 'frozen layer' && (options === 'overrides' || options === 'phases')) return false;
  return true;
}

const pairsToCover: [keyof Case, keyof Case][] = [
  ['plan', 'kind'],
  ['plan', 'situation'],
  ['plan', 'optimizer'],
  ['plan', 'company'],
  ['plan', 'validation'],
  ['plan', 'bits'],
  ['plan', 'options'],
  ['kind', 'optimizer'],
  ['kind', 'style'],
  ['kind', 'company'],
  ['kind', 'options'],
  ['situation', 'optimizer'],
  ['situation', 'style'],
  ['situation', 'validation'],
  ['situation', 'company'],
  ['situation', 'options'],
];

/**
 * Situations in which layer types differ: where their constraint is kept, under which
 * names a file finds them again.
 */
const byKind: Situation[] = ['unitNorm', 'stopped, keep, loaded', 'frozen layer', 'own loop'];

/**
 * All values of each axis with each callback, each layer type and situation with each
 * optimizer, and so on; not all with all.
 */
export const cases: Case[] = [
  ...pairwise(axes, pairsToCover, isPossible),
  ...pairwise({ ...axes, plan: ['inq', 'target+inq'], situation: byKind }, [['kind', 'situation']], isPossible),
].filter((c, i, all) => all.findIndex((other) => nameOf(other) === nameOf(c)) === i);

/**
 * A choice for processes of their own, in each of which the case is the first fit: every
 * value of every axis.
 */
export const freshCases: Case[] = [
  ...pairwise<Case>(
    { ...axes, plan: ['inq', 'target'] },
    [
      ['plan', 'situation'],
      ['plan', 'company'],
      ['kind', 'style'],
      ['optimizer', 'validation'],
    ],
    isPossible,
  ),
  ...pairwise<Case>(
    { ...axes, plan: ['rate', 'target+inq', 'inq+target', 'target then inq'], bits: [3, 5] },
    [['plan', 'company']],
    isPossible,
  ),
];

export function nameOf(c: Case): string {
  const validation = c.validation === 'none' ? '' : `, validation ${c.validation}`;
  const options = c.options === 'plain' ? '' : ` | ${c.options}`;
  return `${c.plan} (${c.bits} bits) | ${c.kind}, ${c.style} | ${c.situation} | ${c.optimizer} | ${c.company}${validation}${options}`;
}
