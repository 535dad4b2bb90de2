/**
 * What projects/backends/main.js tells of a training, and what has to be true of it: all
 * counted from the weights themselves.
 */

export interface Run {
  callback: 'surgery' | 'inq' | 'both';
  optimizer: 'adam' | 'sgd';
  ending: 'full' | 'finish' | 'keep';
  store?: 'compressed' | 'stock';
}

export interface Weight {
  /** The class of the layer. */
  layer: string;
  name: string;
  values: number[];
}

export interface Training {
  weights: Weight[];
  /** Of a run that was stopped and kept, before it was resumed. */
  kept?: Weight[];
  /** Of each fit. */
  histories: Record<string, number[]>[];
  /** What each fit printed. */
  lines: string[][];
  loaded: Weight[];
  /** Of the model that was trained and of the one that was loaded. */
  predictions: number[][];
  reads: SyncRead[];
}

export interface FailedTraining {
  error: string;
  reads: SyncRead[];
}

interface SyncRead {
  /** Whose code asked for the values: 'compress' and 'page' are ours. */
  by: 'compress' | 'page' | 'tfjs';
  name: string;
  stack: string;
}

const kernelNames = ['kernel', 'depthwise_kernel', 'pointwise_kernel', 'recurrent_kernel', 'embeddings'];
const tolerance = 1e-4;

/** What is wrong with a training as such: a line each. */
export function faultsOf(training: Training, { callback, ending }: Run): string[] {
  const { weights, kept, loaded, histories, lines, predictions } = training;
  const faults: string[] = [];
  const expect = (isSo: boolean, fault: string) => isSo || faults.push(fault);
  const kernels = selected(weights);
  expect(
    weights.every(({ values }) => values.every(Number.isFinite)),
    'weights are not finite',
  );
  for (const { layer, name, values } of kernels) {
    const zeros = values.filter((value) => value === 0).length;
    const odd = values.filter((value) => !isLevel(value)).length;
    if (callback !== 'inq') expect(zeros >= values.length / 2, `${layer} ${name}: ${zeros} zeros of ${values.length}`);
    // Rounding may make a few more.
    if (callback === 'surgery')
      expect(zeros <= values.length / 2, `${layer} ${name}: ${zeros} of ${values.length} are 0`);
    else expect(odd === 0, `${layer} ${name}: ${odd} of ${values.length} weights are neither 0 nor ±2^k`);
    expect(zeros < values.length, `${layer} ${name}: all 0`);
  }
  expect(greatestDifference(loaded, weights) === 0, 'loaded weights differ from those that were saved');
  expect(difference(predictions[1], predictions[0]) <= 1e-6, 'the loaded model predicts otherwise');
  const states = [...(kept ? [kept] : []), weights];
  states.forEach((state, i) => {
    const sparsity = shareOf(state, (value) => value === 0);
    const total = lines[i].findLast((line) => /^total\s/.test(line)) ?? '';
    const shown = Number(/([\d.]+)%/.exec(total)?.[1]);
    expect(shown === Number((100 * (1 - sparsity)).toFixed(2)), `table: ${shown}% remain, counted ${1 - sparsity}`);
    // What is finished after training was stopped is too late for the logs.
    if (ending === 'finish') return;
    const logged = Object.entries({ sparsity, quantized: shareOf(state, isLevel) });
    for (const [key, counted] of logged) {
      if (!(key in histories[i])) continue;
      const last = histories[i][key].at(-1)!;
      expect(Math.abs(last - counted) < 1e-6, `log of fit ${i + 1}: ${key} ${last}, counted ${counted}`);
    }
  });
  return faults;
}

/** Where a training differs from the same one on the cpu backend: a line each. */
export function differences(training: Training, cpu: Training): string[] {
  const found: string[] = [];
  for (const state of ['kept', 'weights'] as const) {
    const [received, expected] = [training[state] ?? [], cpu[state] ?? []];
    const apart = greatestDifference(received, expected);
    if (!(apart <= tolerance)) found.push(`${state}: ${apart} from cpu's`);
    selected(received).forEach(({ layer, name, values }, i) => {
      const others = selected(expected)[i].values;
      const count = (test: (value: number, other: number) => boolean) =>
        values.filter((value, j) => test(value, others[j])).length;
      const masks = count((value, other) => (value === 0) !== (other === 0));
      const levels = count((value, other) => (isLevel(value) || isLevel(other)) && value !== other);
      if (masks > 0) found.push(`${state}: ${layer} ${name}: ${masks} weights are 0 on one backend only`);
      if (levels > 0) found.push(`${state}: ${layer} ${name}: ${levels} weights are other levels than on cpu`);
    });
  }
  if (!(difference(training.predictions[0], cpu.predictions[0]) <= tolerance)) found.push("predictions are not cpu's");
  training.histories.forEach((history, i) => {
    for (const [key, values] of Object.entries(cpu.histories[i])) {
      const apart = difference(history[key] ?? [], values);
      if (!(apart <= (key === 'loss' ? tolerance : 0))) {
        found.push(`log of fit ${i + 1}: ${key} ${history[key]}, on cpu ${values}`);
      }
    }
  });
  return found;
}

/**
 * How far a run that was stopped, saved, loaded and resumed is from the same one in one
 * go.
 */
export function resumedDifference(resumed: Training, inOneGo: Training): number {
  return greatestDifference(resumed.weights, inOneGo.weights);
}

/** Of all weights; Infinity where they are others. */
export function greatestDifference(received: Weight[], expected: Weight[]): number {
  if (received.map(({ name }) => name).join() !== expected.map(({ name }) => name).join()) return Infinity;
  return Math.max(0, ...received.map(({ values }, i) => difference(values, expected[i].values)));
}

function difference(received: number[], expected: number[]): number {
  if (received.length !== expected.length) return Infinity;
  const apart = received.map((value, i) => Math.abs(value - expected[i]));
  return apart.some(Number.isNaN) ? Infinity : Math.max(0, ...apart);
}

/**
 * The kernels that callbacks select, those of our layers if there are any: their
 * effective weights. While a run is kept, what is pruned in a layer of ours has a value
 * that its state hides.
 */
function selected(weights: Weight[]): Weight[] {
  const kernels = weights.filter(({ name }) => kernelNames.includes(name));
  const ours = kernels.filter(({ layer }) => /^(Masked|PowerOfTwo)/.test(layer));
  if (ours.length === 0) return kernels;
  return ours.map(({ layer, name, values }) => {
    const states = weights.find((weight) => weight.layer === layer && weight.name === `${name}_state`)!.values;
    return { layer, name, values: values.map((value, i) => (states[i] === 0 ? 0 : value)) };
  });
}

function shareOf(weights: Weight[], test: (value: number) => boolean): number {
  const values = selected(weights).flatMap((weight) => weight.values);
  return values.filter(test).length / values.length;
}

/** Whether a weight is 0 or ±2^k. */
export function isLevel(value: number): boolean {
  return value === 0 || 2 ** Math.round(Math.log2(Math.abs(value))) === Math.abs(value);
}
