import type { Layer, Node } from '../graph/Graph.js';
import type { Builder, Lower } from '../program/Builder.js';
import { spanOf, type Value } from '../program/Value.js';
import { type Cell, cellOf } from './cells.js';
import { channelsFirst, channelsLast, convLstmCell } from './convLstm.js';
import { select } from './masking.js';

/** How a recurrent layer goes through the steps. */
interface Direction {
  /** From the last step to the first. */
  isBackwards: boolean;
  /** The output of the last round stands first. */
  isReversed?: boolean;
  /** Where an output of this shape goes; without it, to a value of its own. */
  into?: (shape: number[]) => Value;
}

/**
 * SimpleRNN, GRU, LSTM, ConvLSTM2D, and RNN with cells. The inputs behind the first are
 * initial states.
 */
export const recurrent: Lower = (b, layer, inputs, node) => {
  const { goBackwards, returnState, dataFormat } = layer.config;
  const isFirst = dataFormat === 'channelsFirst';
  if (isFirst && inputs[0].mask) throw new Error('a mask with dataFormat channelsFirst is not supported.');
  const all = isFirst ? inputs.map((v) => channelsLast(b, v)) : inputs;
  const { output, states } = recurrence(b, layer, all, node, { isBackwards: !!goBackwards });
  const outputs = returnState ? [output, ...states] : [output];
  return isFirst ? outputs.map((v) => channelsFirst(b, v)) : outputs;
};

/**
 * The output, [batch, steps, …, units] or without the steps, and the last states of a
 * recurrent layer.
 */
export function recurrence(
  b: Builder,
  layer: Layer,
  [x, ...initial]: Value[],
  node: Node,
  { isBackwards, isReversed = false, into = (shape) => output(b, shape) }: Direction,
): { output: Value; states: Value[] } {
  const { numConstants, returnSequences, returnState, stateful } = layer.config;
  if (stateful && returnState)
    throw new Error('stateful with returnState is not supported: tfjs runs it several times.');
  if (numConstants) throw new Error('numConstants is not supported, as in tfjs.');
  const isConvolution = layer.className === 'ConvLSTM2D';
  const rank = isConvolution ? 5 : 3;
  if (x.shape.length !== rank) throw new Error(`expected an input of rank ${rank}, received the shape [${x.shape}].`);
  const cell = isConvolution ? convLstmCell(b, layer, node) : cellOf(b, layer);
  // A step of rows is one stretch at batch 1, and a transposition, which is fast, at
  // others.
  const part = isConvolution ? b.planes(cell.input(x)) : b.rows(cell.input(x));
  const states = statesOf(b, layer, cell, part, initial);
  const [batch, steps, ...sizes] = [...part.shape.slice(0, -1), cell.states[0]];
  const y = into(returnSequences ? [batch, steps, ...sizes] : [batch, ...sizes]);
  const current = b.value([batch, ...part.shape.slice(2)], 'planes');
  const mask = maskOf(x, states[0]);
  const currentMask = mask && b.value([batch, ...mask.shape.slice(2)]);
  b.loop(steps, () => {
    copyStep(b, part, current, isBackwards);
    const before = mask && states.map((state) => copyOf(b, state));
    cell.step(current, states);
    if (mask && currentMask && before) {
      copyStep(b, mask, currentMask, isBackwards);
      for (const [i, state] of states.entries()) select(b, currentMask, state, before[i], state);
    }
    if (returnSequences) copyStep(b, y, states[0], isReversed, true);
  });
  if (!returnSequences) b.copy(states[0], y);
  return { output: y, states };
}

/** A value for what a recurrent layer gives: steps are written one after the other. */
export const output = (b: Builder, shape: number[]): Value => b.value(shape, shape.length < 4 ? 'rows' : 'planes');

/**
 * In a loop: copies from the step of `all` whose turn it is to `one`, or the other way.
 */
function copyStep(b: Builder, all: Value, one: Value, isBackwards: boolean, isWritten = false): void {
  const [batch, step, ...strides] = all.strides;
  const first = b.view(all, {
    offset: isBackwards ? (all.shape[1] - 1) * step : 0,
    shape: one.shape,
    strides: [batch, ...strides],
  });
  const move = isBackwards ? -step : step;
  if (isWritten) b.copy(one, first, { dstStep: move });
  else b.copy(first, one, { srcStep: move });
}

function copyOf(b: Builder, v: Value): Value {
  const copy = b.strided(v.shape, v.strides);
  b.copy(v, copy);
  return copy;
}

/** The states before the first step: as given, as the last prediction left them, or 0. */
function statesOf(b: Builder, layer: Layer, cell: Cell, part: Value, initial: Value[]): Value[] {
  if (initial.length > 0 && initial.length !== cell.states.length) {
    throw new Error(`expected ${cell.states.length} initial states, received ${initial.length}.`);
  }
  return cell.states.map((units, i) => {
    const shape = [part.shape[0], ...part.shape.slice(2, -1), units];
    const state = layer.config.stateful ? keptState(b, layer, i, shape) : b.value(shape, 'planes');
    if (initial[i]) b.copy(checked(initial[i], shape), state);
    else if (!layer.config.stateful) b.fill(state, 0);
    return state;
  });
}

function checked(v: Value, shape: number[]): Value {
  if (`${v.shape}` === `${shape}`) return v;
  throw new Error(`expected an initial state of shape [${shape}], received one of shape [${v.shape}].`);
}

/** A state that stays from one prediction to the next: a constant that is written to. */
function keptState(b: Builder, layer: Layer, index: number, shape: number[]): Value {
  const state = b.value(shape, 'planes');
  const size = spanOf(shape, state.strides) / 4;
  const name = `state ${index} [${shape}]`;
  return { ...state, ...b.constant({ owner: layer, name, isState: true, make: () => new Float32Array(size) }) };
}

/** The mask that tfjs calls the layer with, of at least as many steps as the input. */
function maskOf({ mask, shape }: Value, state: Value): Value | undefined {
  if (!mask) return undefined;
  const [batch, steps, ...sizes] = mask.shape;
  const isRight = batch === shape[0] && steps >= shape[1] && `${[batch, ...sizes]}` === `${state.shape.slice(0, -1)}`;
  if (!isRight) throw new Error(`a mask of shape [${mask.shape}] does not fit an input of shape [${shape}].`);
  return mask;
}
