import { noPlan, powerLevels, type TensorPlan } from '../src/decoder/TensorPlan.js';
import { craft } from '../src/testing/craft.js';
import type { Attack, Attacks } from './attack.js';

const levels = powerLevels(0, 512);

/** A tensor whose every bit is foreseen, which makes it free in the file: all its elements are the same. */
function foreseen(shape: number[], value: number, plan: Partial<TensorPlan>, count = 1): Attack {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Int32Array(size).fill(value);
  const tensor = { data, shape, plan: { ...noPlan, values: 'powers', stride: 2, levels, ...plan } as const };
  return { file: () => craft({ weights: Array(count).fill(['a', shape]) }, Array(count).fill(tensor)) };
}
const tooMany = { refused: /number of values in mixed contexts/ };

/** Bits in mixed contexts, the slowest there are. */
export const mixed: Attacks = {
  'more bits than may be': { ...foreseen([1024, 512], levels[510], { positions: 'mixed' }), ...tooMany },
  'more bits than may be, none of them for zeros': {
    ...foreseen([1024, 512], levels[510], { positions: 'mixedDense' }),
    ...tooMany,
  },
  'zeros in one column': foreseen([2 ** 20, 1], 0, { positions: 'mixed' }, 4),
  'zeros in one row': foreseen([1, 2 ** 20], 0, { positions: 'mixed' }),
  'rows that lie too far apart': foreseen([2 ** 10, 2 ** 10], 0, { positions: 'mixed', stride: 2 ** 20 }),
};
