import type { LayersModel } from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math/internal';
import type { Evaluate } from './types.js';

export interface Scored {
  score: number;
  examples?: number;
  /** The score of each example, where `evaluate` gives that. */
  each?: ArrayLike<number>;
}

/** For comparisons that need no more, so many examples are enough. */
export const roughly = 1000;

/** @throws ArgumentError when `evaluate` gives no usable score. */
export async function scoreOf(
  evaluate: Evaluate,
  model: LayersModel,
  hint: { examples?: number } = {},
): Promise<Scored> {
  const received: unknown = await evaluate(model, hint);
  if (isList(received)) return meanOf(received);
  const expected = 'a finite number, { score, examples }, or a list of the score of each example';
  const isObject = received !== null && typeof received === 'object';
  const { score, examples } = (isObject ? received : { score: received }) as { score: unknown; examples?: unknown };
  check(typeof score === 'number' && Number.isFinite(score), "evaluate's result", expected, received);
  if (examples === undefined) return { score };
  check(Number.isInteger(examples) && (examples as number) > 0, "evaluate's examples", 'a positive integer', examples);
  return { score, examples: examples as number };
}

function isList(received: unknown): received is ArrayLike<unknown> {
  return Array.isArray(received) || (ArrayBuffer.isView(received) && 'length' in received);
}

function meanOf(received: ArrayLike<unknown>): Scored {
  const each = Float64Array.from(received as ArrayLike<number>);
  const wrong = each.findIndex((value, i) => !Number.isFinite(value) || typeof received[i] !== 'number');
  check(each.length > 0, "evaluate's result", 'the score of each example', received);
  check(wrong < 0, `evaluate's score of example ${wrong}`, 'a finite number', received[wrong]);
  return { score: each.reduce((sum, value) => sum + value, 0) / each.length, examples: each.length, each };
}

/**
 * The standard error of a score: of a share of right answers, by its binomial
 * distribution. 0 where that is not known.
 */
export function noiseOf({ score, examples }: Omit<Scored, 'each'>): number {
  return examples && score >= 0 && score <= 1 ? Math.sqrt(Math.max(score * (1 - score), 1 / examples) / examples) : 0;
}
