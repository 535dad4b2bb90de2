import type { Layer, Node, Weight } from '../graph/Graph.js';
import * as Binary from '../program/Binary.js';
import type { Builder } from '../program/Builder.js';
import type { Value } from '../program/Value.js';
import { type Cell, lstmStep, unitsOf } from './cells.js';
import { permuted } from './geometry.js';

/**
 * An LSTM whose products are convolutions; the state's has strides of 1 and keeps its
 * size.
 */
export function convLstmCell(b: Builder, layer: Layer, node: Node): Cell {
  const { strides, padding, dilationRate } = layer.config;
  const { kernel, recurrentKernel, bias } = layer.weights;
  const filters = unitsOf(layer.weights, 4);
  const convolve = (x: Value, weights: Record<string, Weight>, settings: Record<string, unknown>): Value => {
    return b.lower({ ...layer, className: 'Conv2D', config: settings, weights, inner: [] }, [x], node)[0];
  };
  return {
    states: [filters, filters],
    input(x) {
      const [batch, steps, ...sizes] = x.shape;
      const images = b.reshape(x, [batch * steps, ...sizes]);
      const all = b.planes(convolve(images, bias ? { kernel, bias } : { kernel }, { strides, padding, dilationRate }));
      const [, ...others] = all.shape;
      return b.view(all, { shape: [batch, steps, ...others], strides: [steps * all.strides[0], ...all.strides] });
    },
    step(part, states) {
      const z = convolve(states[0], { kernel: recurrentKernel }, { padding: 'same' });
      lstmStep(b, layer, b.binary(Binary.add, part, z), states);
    },
  };
}

/** [batch, …, channels, height, width] as [batch, …, height, width, channels]. */
export const channelsLast = (b: Builder, v: Value): Value => permuted(b, v, endingIn(v, [2, 1, 3]));

/** The other way. */
export const channelsFirst = (b: Builder, v: Value): Value => permuted(b, v, endingIn(v, [1, 3, 2]));

/**
 * The dimensions in their order but for the last three, which are counted from the end.
 */
function endingIn({ shape: { length } }: Value, last: number[]): number[] {
  const others = Array.from({ length: length - 3 }, (_, i) => i);
  return [...others, ...last.map((i) => length - i)];
}
