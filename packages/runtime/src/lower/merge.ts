import * as Binary from '../program/Binary.js';
import type { Builder, Lower, Lowerings } from '../program/Builder.js';
import * as Unary from '../program/Unary.js';
import type { Value } from '../program/Value.js';
import { concatenate } from './shape.js';

/** Inputs of lower rank get dimensions of size 1 behind the batch, as in tfjs. */
function ofEqualRank(b: Builder, values: Value[]): Value[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  return values.map((v) => {
    const ones = new Array<number>(rank - v.shape.length);
    const [batch, ...sizes] = v.shape;
    const [step, ...strides] = v.strides;
    return ones.length
      ? b.view(v, { shape: [batch, ...ones.fill(1), ...sizes], strides: [step, ...ones.fill(0), ...strides] })
      : v;
  });
}

function several(inputs: Value[]): Value[] {
  if (inputs.length < 2) throw new Error(`expected at least 2 inputs, received ${inputs.length}.`);
  return inputs;
}

const merging =
  (kind: number): Lower =>
  (b, _, inputs) =>
    ofEqualRank(b, several(inputs)).reduce((sum, input) => b.binary(kind, sum, input));

const average: Lower = (b, _, inputs, node) => {
  const sum = [merging(Binary.add)(b, _, inputs, node)].flat()[0];
  return b.unary(Unary.affine, sum, 1 / inputs.length, 0, sum);
};

export const merges: Lowerings = {
  Add: merging(Binary.add),
  Multiply: merging(Binary.multiply),
  Maximum: merging(Binary.maximum),
  Minimum: merging(Binary.minimum),
  Average: average,
  Concatenate: (b, { config: { axis = -1 } }, inputs) => {
    const rank = several(inputs)[0].shape.length;
    // For tfjs every negative axis is the last.
    const along = axis < 0 ? rank - 1 : axis;
    if (!(along in inputs[0].shape)) throw new Error(`axis: expected one of ${rank} dimensions, received ${axis}.`);
    return concatenate(b, inputs, along);
  },
};
