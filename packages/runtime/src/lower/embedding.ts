import type { Lower } from '../program/Builder.js';
import * as Op from '../program/Op.js';
import { sizeOf } from '../program/Value.js';
import { anyNot } from './masking.js';

/**
 * A row of the table for each index, [batch, …] to [batch, …, outputDim]; with maskZero,
 * indexes of 0 do not count.
 */
export const embedding: Lower = (b, { config, weights }, [x]) => {
  const [rows, width] = weights.embeddings.shape;
  const lengths: unknown[] = config.inputLength == null ? x.shape.slice(1) : [config.inputLength].flat();
  const isRight = lengths.length === x.shape.length - 1 && lengths.every((n, i) => n == null || n === x.shape[i + 1]);
  if (!isRight) throw new Error(`inputLength: expected an input of [batch, ${lengths}], received [${x.shape}].`);
  const indexes = b.rows(x);
  const y = b.value([...x.shape, width]);
  b.op(Op.gather, b.constant(weights.embeddings.values), indexes, y, sizeOf(x.shape), width, rows);
  if (!config.maskZero) return y;
  const elements = b.view(indexes, { shape: [...x.shape, 1], strides: [...indexes.strides, 4] });
  return { ...y, mask: anyNot(b, elements, 0) };
};
