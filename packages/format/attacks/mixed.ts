import { codePlan, noPlan, powerLevels, type TensorPlan } from '../src/codec/TensorPlan.js';
import { craft, craftWith } from '../src/testing/craft.js';
import type { Attack, Attacks } from './attack.js';

const levels = powerLevels(0, 512);

/**
 * A tensor whose every bit is foreseen, which makes it free in the file: all its elements
 * are the same.
 */
function foreseen(version: number, shape: number[], value: number, plan: Partial<TensorPlan>, count = 1): Attack {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Int32Array(size).fill(value);
  const tensor = { data, shape, plan: { ...noPlan, values: 'powers', stride: 2, levels, ...plan } as const };
  const weights = Array(count).fill(['a', shape]);
  return { file: () => craft({ weights }, Array(count).fill(tensor), undefined, version) };
}
const tooMany = { refused: /invalid number of values/ };

/** A tensor of version 2 that says it is a tree, and ends there. */
function planOnly(shape: number[], stride: number): Attack {
  const plan = { ...noPlan, positions: 'mixed', values: 'float', stride } as const;
  const bytes = 4 * shape.reduce((a, b) => a * b, 1);
  const file = () =>
    craftWith(
      { weights: [['a', shape]] },
      (encoder, state) => void codePlan(encoder, state.fields, plan),
      () => bytes,
    );
  return { file, maxBytes: bytes, refused: /stride/ };
}

/** Bits in mixed contexts and in trees, the slowest there are. */
export function mixed(version: number): Attacks {
  const same = foreseen.bind(undefined, version);
  const positions = 'mixed';
  return {
    'more bits than may be': { ...same([1024, 512], levels[510], { positions }), ...tooMany },
    'more bits than may be, none of them for zeros': {
      ...same([1024, 512], levels[510], { positions: 'mixedDense' }),
      ...tooMany,
    },
    'zeros in few columns': same([2 ** 19, 2], 0, { positions }, 4),
    'zeros in one row': same([1, 2 ** 20], 0, { positions }),
    'a few elements in each row': same([2 ** 17, 2], levels[510], { positions, levels: powerLevels(255, 2) }),
    'rows that lie too far apart': {
      ...same([2 ** 10, 2 ** 10], 0, { positions, stride: 2 ** 20 }),
    },
    ...(version > 1 && {
      'floats without a zero among them': same([2 ** 12, 2 ** 11], 1 << 23, {
        positions,
        values: 'float',
        exponent: 1,
        levels: new Int32Array(0),
      }),
      'rows that lie too far apart to be kept': planOnly([2 ** 11, 2 ** 11], 2 ** 20),
      'a row longer than may be': planOnly([1, 2 ** 22], 2),
      'more elements than may be': planOnly([2 ** 20, 17], 2),
    }),
  };
}
