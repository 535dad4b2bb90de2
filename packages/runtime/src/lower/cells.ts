import type { Layer, Weight } from '../graph/Graph.js';
import { type Activation, elementwise, softmaxOf } from '../program/activations.js';
import * as Binary from '../program/Binary.js';
import type { Builder } from '../program/Builder.js';
import { Matrix, matrixOf } from '../program/Matrix.js';
import * as Op from '../program/Op.js';
import { f } from '../program/Operation.js';
import type { Value } from '../program/Value.js';

/**
 * What a recurrent layer repeats. States and the input's part are in planes, [batch, …,
 * units].
 */
export interface Cell {
  /** Units of each state. The first state is the output. */
  states: number[];
  /**
   * What the input adds to the gates, bias included, for one step or all at once: [batch,
   * …, inputs] to [batch, …, gates × units].
   */
  input(x: Value): Value;
  /** One step: writes the next states where the states are. */
  step(part: Value, states: Value[]): void;
}

type MakeCell = (b: Builder, layer: Layer) => Cell;

const cells: Record<string, MakeCell> = {
  SimpleRNN(b, layer) {
    const { units, input, recurrent } = partsOf(b, layer, [1]);
    const activation = layer.config.activation ?? 'tanh';
    return {
      states: [units],
      input,
      step(part, [h]) {
        b.copy(b.product(h, recurrent[0], undefined, { add: part, activation }), h);
      },
    };
  },

  /**
   * The gates are z, r and the candidate; r multiplies the state before its product, not
   * after.
   */
  GRU(b, layer) {
    if (layer.config.resetAfter) throw new Error('resetAfter is not supported, as in tfjs.');
    const { units, input, recurrent } = partsOf(b, layer, [2, 1]);
    return {
      states: [units],
      input,
      step(part, [h]) {
        const gates = b.product(h, recurrent[0], undefined, { add: slice(b, part, 0, 2 * units) });
        const [z, r] = [0, 1].map((i) => b.activate(slice(b, gates, i * units, units), gateActivation(layer), true));
        const reset = b.binary(Binary.multiply, r, h);
        const activation = activationOf(layer);
        const candidate = b.product(reset, recurrent[1], undefined, {
          add: slice(b, part, 2 * units, units),
          activation,
        });
        // z h + (1 - z) candidate
        const change = b.binary(Binary.multiply, z, b.binary(Binary.subtract, h, candidate));
        b.copy(b.binary(Binary.add, candidate, change), h);
      },
    };
  },

  LSTM(b, layer) {
    const { units, input, recurrent } = partsOf(b, layer, [4]);
    return {
      states: [units, units],
      input,
      step: (part, states) => lstmStep(b, layer, b.product(states[0], recurrent[0], undefined, { add: part }), states),
    };
  },
};

/** The cell of a recurrent layer: its own, or those that an RNN was given. */
export function cellOf(b: Builder, layer: Layer): Cell {
  const name = layer.className.replace(/Cell$/, '');
  if (Object.hasOwn(cells, name)) return cells[name](b, layer);
  if (name === 'RNN' || name === 'StackedRNNCells') return stacked(layer.inner.map((inner) => cellOf(b, inner)));
  throw new Error(`a cell of class ${layer.className} is not supported.`);
}

/**
 * Each cell reads the output of the one before; the states of the last one come first.
 */
function stacked(all: Cell[]): Cell {
  if (all.length === 0) throw new Error('cells: expected at least one, received none.');
  return {
    states: [...all].reverse().flatMap(({ states }) => states),
    input: (x) => all[0].input(x),
    step(part, states) {
      let end = states.length;
      let output: Value | undefined;
      for (const cell of all) {
        const own = states.slice(end - cell.states.length, end);
        cell.step(output ? cell.input(output) : part, own);
        output = own[0];
        end -= own.length;
      }
    },
  };
}

/** The gates z = [input, forget, cell, output] become the next states h, c. */
export function lstmStep(b: Builder, layer: Layer, z: Value, [h, c]: Value[]): void {
  const units = h.shape.at(-1)!;
  const gate = gateActivation(layer);
  const activation = activationOf(layer);
  const gates = b.planes(z);
  if (!softmaxOf(activation) && !softmaxOf(gate)) {
    const functions = [gate, activation].flatMap((each) => {
      const { kind, a, b } = elementwise(each);
      return [kind, f(a), f(b)];
    });
    b.op(Op.lstm, ...functions, gates, c, h, (units * gates.strides.at(-1)!) / 4);
    return;
  }
  const [input, forget, candidate, output] = [gate, gate, activation, gate].map((each, k) =>
    b.activate(slice(b, gates, k * units, units), each, true),
  );
  const times = (v: Value, w: Value): Value => b.binary(Binary.multiply, v, w);
  b.copy(b.binary(Binary.add, times(forget, c), times(input, candidate)), c);
  b.copy(times(output, b.activate(c, activation)), h);
}

/** Channels of a value. */
function slice(b: Builder, v: Value, from: number, count: number): Value {
  return b.view(v, { offset: from * v.strides.at(-1)!, shape: [...v.shape.slice(0, -1), count] });
}

/** null is linear, what is not there the default. */
const orDefault = (activation: Activation, usual: string): Activation =>
  activation === undefined ? usual : activation;

const activationOf = ({ config }: Layer): Activation => orDefault(config.activation, 'tanh');

const gateActivation = ({ config }: Layer): Activation => orDefault(config.recurrentActivation, 'hardSigmoid');

/**
 * The units of a cell with so many gates. @throws Error if its weights are not of those
 * sizes.
 */
export function unitsOf({ kernel, recurrentKernel, bias }: Layer['weights'], gates: number): number {
  const [units, width] = recurrentKernel.shape.slice(-2);
  const widths = [width, kernel.shape.at(-1), bias ? bias.values.length : width];
  if (widths.some((each) => each !== gates * units)) throw new Error(`its weights do not fit ${units} units.`);
  return units;
}

/**
 * The products of a cell; those with the state one for each of `gates`, which says how
 * many gates it is for.
 */
function partsOf(
  b: Builder,
  { weights }: Layer,
  gates: number[],
): { units: number; input: (x: Value) => Value; recurrent: Matrix[] } {
  const { kernel, recurrentKernel, bias } = weights;
  const units = unitsOf(
    weights,
    gates.reduce((sum, count) => sum + count),
  );
  return {
    units,
    input: (x) => b.product(x, matrixOf(kernel), bias?.values),
    recurrent: gates.length === 1 ? [matrixOf(recurrentKernel)] : splitOf(recurrentKernel, gates, units),
  };
}

const splits = new WeakMap<Weight, Matrix[]>();

/** Columns of a kernel as matrices of their own, made once. */
function splitOf(weight: Weight, gates: number[], units: number): Matrix[] {
  let split = splits.get(weight);
  if (!split) {
    const [rows, columns] = weight.shape;
    let from = 0;
    split = gates.map((count) => {
      const width = count * units;
      const values = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        const start = row * columns + from;
        values.set(weight.values.subarray(start, start + width), row * width);
      }
      from += width;
      return new Matrix(values, rows, width);
    });
    splits.set(weight, split);
  }
  return split;
}
