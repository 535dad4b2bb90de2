import { strideCandidates } from '@tfjs-compress/math/internal';
import { columnsOf } from '../codec/columnsOf.js';
import { mixedLimit } from '../codec/MixedBudget.js';
import { maxAlphabet } from '../codec/SymbolTables.js';
import { affineLevels, noPlan, powerLevels, type TensorPlan } from '../codec/TensorPlan.js';
import { BitCounter } from './BitCounter.js';
import type { EncoderState } from './EncoderState.js';
import { type Survey, survey } from './survey.js';

/** Larger tensors are coded in a fast way, chosen by a part of them. */
const maxMixed = 1 << 20;
const part = 1 << 18;
const maxFew = 4096;
/**
 * What a weight that is not 0 has to save to be coded in a slower way, in tensors of more
 * elements than this.
 */
const bitsForTime = 0.15;
const priced = 1 << 15;
const fewLevels = 32;
/** Strides are tried on the rows in the middle, at most this many elements. */
const sampleSize = 1 << 15;
/** Strides are not worth their time for fewer elements. */
const fewElements = 256;

/** Work that can be left and gone on with at each yield. */
type Steps<T> = Generator<void, T, void>;

/** A tensor to be coded: words, or bytes one a word. */
export interface Tensor {
  data: Int32Array;
  shape: readonly number[];
  wide: boolean;
  /** The bits of min and scale if the values are known to be min + q × scale. */
  affine?: TensorPlan['affine'];
}

/**
 * The plan that codes a tensor in the fewest bits, of those worth trying.
 *
 * @param state What is kept from the tensors before; it is not changed.
 * @param mixedLeft How many bits may be coded in mixed contexts, besides those that the
 *   tensor's own bytes allow.
 */
export function* choosePlan(tensor: Tensor, state: EncoderState, mixedLeft: number): Steps<TensorPlan> {
  const { data, shape, wide, affine } = tensor;
  const found = survey(data);
  const sparse = found.nonZeros < data.length;
  const small = data.length <= Math.min(maxMixed, mixedLeft);
  const float: TensorPlan = {
    ...noPlan,
    values: 'float',
    exponent: found.maxExponent,
    mantissaBits: found.mantissa === 0 ? 0 : 23 - (31 - Math.clz32(found.mantissa & -found.mantissa)),
  };
  const fast: TensorPlan[] = [wide ? noPlan : { ...noPlan, values: 'bytes' }, float];
  if (data.length <= maxFew) fast.push({ ...float, positions: 'few' });
  const leveled = levelPlan(found, affine);
  // Levels that need no list, or a short one, are always better than floats.
  const isShort = leveled && (leveled.values !== 'levels' || 16 * leveled.levels.length <= found.nonZeros);
  const values = isShort ? [leveled] : [...(sparse ? [float] : []), ...(leveled ? [leveled] : [])];
  for (const plan of values) {
    if (plan.levels.length <= maxAlphabet) fast.push({ ...plan, positions: sparse ? 'gaps' : 'dense' });
  }
  if (!small) return (yield* cheapest(data.subarray(0, part), shape, fast, state)).plan;
  const positions = sparse ? 'mixed' : 'mixedDense';
  const mixed = values.map((plan) => ({ ...plan, positions }) as const);
  if (mixed.length === 0) return (yield* cheapest(data, shape, fast, state)).plan;

  const strides = strideCandidates(data, shape, columnsOf(shape));
  const sample = middleOf(data, shape, 4 * Math.max(...strides));
  const best =
    sparse && strides.length > 1 ? yield* cheapestStride(sample, mixed[mixed.length - 1], strides, state) : undefined;
  const stride = best?.plan.stride ?? strides[0];
  const cost = yield* cheapest(data, shape, fast, state);
  const mixedPlans = mixed.map((plan) => ({ ...plan, stride }));
  // Trees take four times as long to decode as tables. Where there are many levels,
  // though, the tables are long.
  const isPriced = data.length > priced && (leveled?.levels.length ?? 0) <= fewLevels;
  const price = isPriced ? bitsForTime * found.nonZeros : 0;
  const tables = { plan: cost.plan, bits: cost.bits - price };
  return (yield* cheapest(data, shape, mixedPlans, state, mixedLeft, tables)).plan;
}

/** The shortest list of the values that occur, if they are few. */
function levelPlan(found: Survey, affine?: TensorPlan['affine']): TensorPlan | undefined {
  const { levels, minExponent: exponent } = found;
  if (!levels?.length) return undefined;
  if (found.mantissa === 0) {
    const powers = powerLevels(exponent, 2 * (found.maxExponent - exponent + 1));
    return { ...noPlan, values: 'powers', exponent, levels: powers };
  }
  if (affine) {
    const affines = affineLevels(...affine);
    const known = new Set(affines);
    if (levels.every((level) => known.has(level))) return { ...noPlan, values: 'affine', affine, levels: affines };
  }
  // Their differences are numbers below 2^31 - 1.
  if ((levels[levels.length - 1] & 0x7fffffff) === 0x7fffffff) return undefined;
  // Listing a level costs as much as coding a value as a float.
  if (2 * levels.length > found.nonZeros) return undefined;
  return { ...noPlan, values: 'levels', exponent: found.maxExponent, levels };
}

/**
 * The rows in the middle of a tensor, `wanted` of them if that is not too many: there is
 * most to be seen of an image under it.
 */
function middleOf(data: Int32Array, shape: readonly number[], wanted: number): { data: Int32Array; shape: number[] } {
  const columns = columnsOf(shape);
  const rows = data.length / columns;
  const most = Math.ceil(sampleSize / columns);
  const sampled = Math.min(rows, most, Math.max(most >> 1, wanted));
  const first = (rows - sampled) >> 1;
  return { data: data.subarray(first * columns, (first + sampled) * columns), shape: [sampled, columns] };
}

/**
 * The plan with the distance of neighboring rows that codes the sample in the fewest
 * bits.
 */
function* cheapestStride(
  { data, shape }: ReturnType<typeof middleOf>,
  plan: TensorPlan,
  strides: number[],
  state: EncoderState,
): Steps<Choice> {
  const seen = data.length < fewElements ? strides.slice(0, 1) : strides;
  return yield* cheapest(
    data,
    shape,
    seen.map((stride) => ({ ...plan, stride })),
    state,
  );
}

interface Choice {
  plan: TensorPlan;
  bits: number;
}

/** The cheapest of `plans`, or `best` if that is cheaper. */
function* cheapest(
  data: Int32Array,
  shape: readonly number[],
  plans: TensorPlan[],
  state: EncoderState,
  mixedLeft = Number.POSITIVE_INFINITY,
  best: Choice = { plan: plans[0], bits: Number.POSITIVE_INFINITY },
): Steps<Choice> {
  let found = best;
  for (const plan of plans) {
    yield;
    const counter = new BitCounter();
    const trial = state.trial();
    trial.encode(counter, data, shape, plan);
    const isAllowed = trial.budget.used <= mixedLeft + mixedLimit(counter.bits / 8) - mixedLimit(0);
    if (isAllowed && counter.bits < found.bits) found = { plan, bits: counter.bits };
  }
  return found;
}
