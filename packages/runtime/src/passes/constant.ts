import { type Activation, elementwise, softmaxOf } from '../program/activations.js';
import * as Unary from '../program/Unary.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const functions: Record<number, (x: number, a: number, b: number) => number> = {
  [Unary.linear]: (x) => x,
  [Unary.clamp]: (x, a, b) => Math.min(Math.max(x, a), b),
  [Unary.leaky]: (x, a) => (x >= 0 ? x : a * x),
  [Unary.elu]: (x, a) => (x >= 0 ? x : a * Math.expm1(x)),
  [Unary.selu]: (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  [Unary.sigmoid]: sigmoid,
  [Unary.hardSigmoid]: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  [Unary.tanh]: Math.tanh,
  [Unary.softplus]: softplus,
  [Unary.softsign]: (x) => x / (1 + Math.abs(x)),
  [Unary.swish]: (x, a) => x * sigmoid(a * x),
  [Unary.mish]: (x) => x * Math.tanh(softplus(x)),
  [Unary.threshold]: (x, a) => (x > a ? x : 0),
};

/**
 * What an activation makes of one value; undefined for one that reads other values, too,
 * or that is not known. Of the two forms of GELU only 0 is known here.
 */
export function functionOf(activation: Activation): ((x: number) => number) | undefined {
  if (softmaxOf(activation)) return undefined;
  try {
    const { kind, a, b } = elementwise(activation);
    const f = functions[kind] ?? ((x) => (x === 0 ? 0 : Number.NaN));
    return (x) => (Number.isNaN(x) ? x : f(x, a, b));
  } catch {
    return undefined;
  }
}
