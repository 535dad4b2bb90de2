import type { LayersModel } from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math/internal';
import type { Evaluate } from './types.js';

export interface Scored {
  score: number;
  examples?: number;
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
  const expected = 'a finite number or { score, examples }';
  const isObject = received !== null && typeof received === 'object';
  const { score, examples } = (isObject ? received : { score: received }) as { score: unknown; examples?: unknown };
  check(typeof score === 'number' && Number.isFinite(score), "evaluate's result", expected, received);
  if (examples === undefined) return { score };
  check(Number.isInteger(examples) && (examples as number) > 0, "evaluate's examples", 'a positive integer', examples);
  return { score, examples: examples as number };
}

/**
 * The standard error of a score: of a share of right answers, by its binomial
 * distribution. 0 where that is not known.
 */
export function noiseOf({ score, examples }: Scored): number {
  return examples && score >= 0 && score <= 1 ? Math.sqrt(Math.max(score * (1 - score), 1 / examples) / examples) : 0;
}
