import * as Binary from '../program/Binary.js';
import type { Builder, Lower } from '../program/Builder.js';
import * as Op from '../program/Op.js';
import { f } from '../program/Operation.js';
import { sizeOf, type Value } from '../program/Value.js';

/**
 * Sets steps whose features all are maskValue to 0; they do not count for the recurrent
 * layers that follow.
 */
export const masking: Lower = (b, { config }, [x]) => {
  const mask = anyNot(b, x, config.maskValue ?? 0);
  const factors = b.view(mask, { shape: [...mask.shape, 1], strides: [...mask.strides, 4] });
  return { ...b.binary(Binary.multiply, x, factors), mask };
};

/**
 * 1 where the last dimension of `x` holds anything but `value`, else 0: a shape without
 * that dimension.
 */
export function anyNot(b: Builder, x: Value, value: number): Value {
  const mask = b.value(x.shape.slice(0, -1));
  b.op(Op.anyNot, b.rows(x), mask, sizeOf(mask.shape), x.shape.at(-1)!, f(value));
  return mask;
}

/**
 * Where the mask, which has the first dimensions of the others, is not 0 takes `x`, else
 * `z`.
 */
export function select(b: Builder, mask: Value, x: Value, z: Value, to: Value): void {
  const dimensions = to.shape.flatMap((size, i) => [
    size,
    mask.strides[i] ?? 0,
    x.strides[i],
    z.strides[i],
    to.strides[i],
  ]);
  b.op(Op.select, mask, x, z, to, to.shape.length, ...dimensions);
}
