import { type RefitSums, refitGain, refitRows, type Steps } from '@tfjs-compress/math';
import { type Block, type Layout, putRow, rowsOf } from './layout.js';
import type { Sums } from './Sums.js';

/** Rows of a block that are looked at to see whether a change is more than chance. */
const judged = 48;

/**
 * The kernel that computes from the inputs as they are what `values` computed from them
 * as they were, and what has to be made up for beside that; so much of it as what one
 * half of the examples asks for serves the other.
 *
 * @param halves Sums over both halves of the examples, damped.
 * @param all Over all of them.
 */
export function* refitted(
  values: Float32Array,
  { blocks }: Layout,
  halves: readonly Sums[],
  all: Sums,
): Steps<Float32Array> {
  let [gain, power] = [0, 0];
  const areBoth = halves.every(({ count }) => count > 0);
  for (const each of areBoth ? blocks : []) {
    const [a, b] = halves.map((half) => sumsOf(half, each, values, judged));
    for (const [from, to] of [
      [a, b],
      [b, a],
    ]) {
      const found = yield* refitGain(from, to, each.size);
      gain += found[0];
      power += found[1];
    }
  }
  const share = power > 0 ? Math.min(1, Math.max(0, gain / power)) : 1;
  const result = values.slice();
  for (const each of blocks) {
    const { h, drift, rows, shortfalls } = sumsOf(all, each, values);
    const changed = yield* refitRows(h, drift, each.size, rows, { shortfalls, share });
    for (const [n, row] of changed.entries()) putRow(result, each, n, row);
  }
  return result;
}

function sumsOf(
  { hessians, drifts, shortfalls }: Sums,
  block: Block,
  values: Float32Array,
  most = Number.POSITIVE_INFINITY,
): RefitSums {
  const every = Math.max(1, Math.ceil(block.rows / most));
  const taken = <T>(list: T[]) => list.filter((_, n) => n % every === 0);
  return {
    h: hessians[block.hessian],
    drift: drifts[block.hessian],
    rows: taken(rowsOf(values, block)),
    shortfalls: shortfalls.length > 0 ? taken(shortfalls) : undefined,
  };
}
