import type { Layer } from '../graph/Graph.js';

/**
 * A layer each of whose outputs is a sum over all channels of its input, and what it
 * weighs them with.
 */
export interface Mixing {
  rows: number;
  columns: number;
  /** Positions of the window. */
  taps: number;
  weight(tap: number, row: number, column: number): number;
  /**
   * Whether each output sums over all taps, also at the border: then a constant channel
   * adds a constant.
   */
  isUniform: boolean;
  /** Kernels that read the input, by the layer that holds them. */
  readers: Layer[];
  /** Recurrent layers: their outputs are not the columns, and stay. */
  isRecurrent: boolean;
}

/** How a layer mixes channels; undefined for one that does not. */
export function mixingOf(layer: Layer): Mixing | undefined {
  const { className, config, weights, inner } = layer;
  if (config.dataFormat === 'channelsFirst') return undefined;
  const isRecurrent = /^(SimpleRNN|GRU|LSTM|ConvLSTM2D|RNN|Bidirectional)$/.test(className);
  if (isRecurrent) return recurrent(layer);
  if (className === 'TimeDistributed') return inner[0] && !isNested(inner[0]) ? mixingOf(inner[0]) : undefined;
  const kernel = weights.kernel ?? weights.pointwiseKernel;
  if (!kernel) return undefined;
  const base = { isUniform: isUniform(layer), readers: [layer], isRecurrent };
  const { values, shape } = kernel;
  const [a, b] = shape.slice(-2);
  const taps = values.length / (a * b);
  if (className === 'SeparableConv2D') {
    const { values: depthwise, shape: window } = weights.depthwiseKernel;
    const multiplier = window[3];
    const rows = window[2];
    return {
      ...base,
      rows,
      columns: b,
      taps: window[0] * window[1] * multiplier,
      weight: (tap, row, column) => {
        const at = tap % multiplier;
        const position = (tap - at) / multiplier;
        return depthwise[(position * rows + row) * multiplier + at] * values[(row * multiplier + at) * b + column];
      },
    };
  }
  if (/^(Dense|Conv[123]D)$/.test(className))
    return { ...base, rows: a, columns: b, taps, weight: (tap, row, column) => values[(tap * a + row) * b + column] };
  if (/^Conv[23]DTranspose$/.test(className))
    return { ...base, rows: b, columns: a, taps, weight: (tap, row, column) => values[(tap * a + column) * b + row] };
  return undefined;
}

/** Layers around another: the pass looks through one only. */
function isNested({ className }: Layer): boolean {
  return /^(TimeDistributed|Bidirectional|RNN)$/.test(className);
}

function recurrent(layer: Layer): Mixing | undefined {
  const readers = layer.className === 'Bidirectional' ? layer.inner : [layer.inner[0] ?? layer];
  if (!readers.every(({ weights }) => weights.kernel)) return undefined;
  const each = readers.map(({ weights: { kernel } }) => {
    const [a, b] = kernel.shape.slice(-2);
    return { a, b, taps: kernel.values.length / (a * b), values: kernel.values };
  });
  const [{ a, b, taps }] = each;
  return {
    rows: a,
    columns: each.length * b,
    taps,
    weight: (tap, row, column) => each[Math.floor(column / b)].values[(tap * a + row) * b + (column % b)],
    isUniform: readers.every((reader) => isUniform(reader) && reader.weights.bias),
    readers,
    isRecurrent: true,
  };
}

export function isUniform({ className, config, weights }: Layer): boolean {
  const { shape } = weights.depthwiseKernel ?? weights.kernel;
  const isPoint = className === 'Dense' || shape.slice(0, -2).every((size) => size === 1);
  if (!/Transpose$/.test(className)) return isPoint || config.padding === 'valid';
  // A stride leaves zeros between the pixels.
  return isPoint && [config.strides].flat().every((step) => step === 1);
}
