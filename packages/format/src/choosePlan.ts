import { BitCounter } from './BitCounter.js';
import { mixedLimit } from './decoder/codeSymbols.js';
import { columnsOf } from './decoder/codeTensor.js';
import { maxAlphabet } from './decoder/SymbolTables.js';
import { affineLevels, noPlan, powerLevels, type TensorPlan } from './decoder/TensorPlan.js';
import { EncoderState } from './EncoderState.js';
import { strideCandidates } from './strides.js';
import { type Survey, survey } from './survey.js';

/** Larger tensors are coded in a fast way, chosen by a part of them. */
const maxMixed = 1 << 20;
const part = 1 << 18;
const maxFew = 4096;

/**
 * The plan that codes `data` in the fewest bits, of those worth trying.
 *
 * @param mixedLeft How many bits may be coded in mixed contexts, besides those that the tensor's own bytes allow.
 * @param affine The bits of min and scale if the values are known to be min + q × scale.
 */
export function choosePlan(
  data: Int32Array,
  shape: readonly number[],
  mixedLeft: number,
  affine?: TensorPlan['affine'],
): TensorPlan {
  const found = survey(data);
  const columns = columnsOf(shape);
  const sparse = found.nonZeros < data.length;
  const small = data.length <= Math.min(maxMixed, mixedLeft);
  const float: TensorPlan = {
    ...noPlan,
    values: 'float',
    exponent: found.maxExponent,
    mantissaBits: found.mantissa === 0 ? 0 : 23 - (31 - Math.clz32(found.mantissa & -found.mantissa)),
  };
  const plans: TensorPlan[] = [noPlan, float];
  if (data.length <= maxFew) plans.push({ ...float, positions: 'few' });
  if (sparse) plans.push({ ...float, positions: 'gaps' });
  const leveled = levelPlan(found, affine);
  if (leveled && leveled.levels.length <= maxAlphabet) plans.push(sparse ? { ...leveled, positions: 'gaps' } : leveled);
  if (small) {
    const mixed = [...(sparse ? [float] : []), ...(leveled ? [leveled] : [])];
    const strides = strideCandidates(data, shape, columns);
    const positions = sparse ? 'mixed' : 'mixedDense';
    for (const plan of mixed) for (const stride of strides) plans.push({ ...plan, positions, stride });
  }
  return cheapest(small ? data : data.subarray(0, part), shape, plans, mixedLeft);
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
  // Listing a level costs as much as coding a value as a float.
  if (2 * levels.length > found.nonZeros) return undefined;
  return { ...noPlan, values: 'levels', exponent: found.maxExponent, levels };
}

function cheapest(data: Int32Array, shape: readonly number[], plans: TensorPlan[], mixedLeft: number): TensorPlan {
  let best = plans[0];
  let fewest = Number.POSITIVE_INFINITY;
  for (const plan of plans) {
    const counter = new BitCounter();
    const state = new EncoderState();
    state.encode(counter, data, shape, plan);
    const isAllowed = state.budget.used <= mixedLeft + mixedLimit(counter.bits / 8) - mixedLimit(0);
    if (isAllowed && counter.bits < fewest) [best, fewest] = [plan, counter.bits];
  }
  return best;
}
