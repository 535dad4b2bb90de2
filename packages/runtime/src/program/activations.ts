import * as Unary from './Unary.js';

/**
 * An activation: a name, or how tfjs-layers saves one; the advanced layers (ReLU, ELU …)
 * count too.
 */
export type Activation = string | { className: string; config?: Record<string, any> } | null | undefined;

/** What an activation computes; clamp is also what products do as they write. */
export interface Elementwise {
  kind: number;
  a: number;
  b: number;
}

const plain: Record<string, [kind: number, a?: number, b?: number]> = {
  linear: [Unary.linear],
  relu: [Unary.clamp, 0, Infinity],
  relu6: [Unary.clamp, 0, 6],
  elu: [Unary.elu, 1],
  selu: [Unary.selu],
  sigmoid: [Unary.sigmoid],
  hardsigmoid: [Unary.hardSigmoid],
  tanh: [Unary.tanh],
  softplus: [Unary.softplus],
  softsign: [Unary.softsign],
  swish: [Unary.swish, 1],
  mish: [Unary.mish],
  gelu: [Unary.gelu],
  gelunew: [Unary.geluTanh],
};

/** Layers with settings: alpha or theta is a, maxValue is b. */
const layers: typeof plain = {
  ReLU: plain.relu,
  LeakyReLU: [Unary.leaky, 0.3],
  ELU: plain.elu,
  ThresholdedReLU: [Unary.threshold, 1],
};

/**
 * The softmaxes, which are not element by element: [log, axis], or undefined for another
 * activation.
 */
export function softmaxOf(activation: Activation): { log: number; axis: number } | undefined {
  const name = nameOf(activation);
  if (name !== 'softmax' && name !== 'logsoftmax') return undefined;
  const isLayer = typeof activation === 'object' && activation?.className === 'Softmax';
  // The layer's default is 1 in tfjs.
  const axis = isLayer ? (activation.config?.axis ?? 1) : -1;
  return { log: name === 'softmax' ? 0 : 1, axis };
}

/**
 * What is computed for each element.
 *
 * @throws Error for an activation that tfjs does not have.
 */
export function elementwise(activation: Activation): Elementwise {
  const { className = '', config = {} } = Object(activation);
  const layer = layers[className];
  const found = layer ?? plain[nameOf(activation)];
  if (!found) throw new Error(`the activation ${JSON.stringify(activation)} is not supported.`);
  let [kind, a = 0, b = 0] = found;
  if (layer) {
    a = config?.alpha ?? config?.theta ?? a;
    b = config?.maxValue ?? b;
  }
  if (typeof a !== 'number' || typeof b !== 'number') {
    throw new Error(`expected numbers for the activation, received ${JSON.stringify([a, b])}.`);
  }
  return { kind, a, b };
}

/**
 * hard_sigmoid, hardSigmoid and HardSigmoid are one; tfjs ignores the settings of
 * serialized activations.
 */
function nameOf(activation: Activation): string {
  const name = typeof activation === 'object' && activation ? activation.className : (activation ?? 'linear');
  return `${name}`.replaceAll('_', '').toLowerCase();
}
