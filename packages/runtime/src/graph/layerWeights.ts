/**
 * A field of a layer and the shape that its config asks for; 0 is for a size that follows
 * from the input.
 */
export type Field = [name: string, shape: number[]];

type Config = Record<string, any>;

/** The cell's weights of a recurrent layer with so many gates. */
const recurrent =
  (gates: number) =>
  (config: Config, kernel: number[] = []): Field[] => {
    const units = own(config.units ?? config.filters);
    return [
      ['kernel', [...kernel, 0, gates * units]],
      ['recurrentKernel', [...kernel, units, gates * units]],
      ['bias', config.resetAfter ? [2, gates * units] : [gates * units]],
    ];
  };

const convolution =
  (rank: number, isTransposed = false) =>
  (config: Config): Field[] => [
    ['kernel', [...window(config, rank), ...(isTransposed ? [own(config.filters), 0] : [0, own(config.filters)])]],
    ['bias', [own(config.filters)]],
  ];

/**
 * Per channel; the shape of PReLU's and LayerNormalization's follows from the input in
 * all dimensions.
 */
const perChannel =
  (...names: string[]) =>
  (): Field[] =>
    names.map((name) => [name, []]);

/** In the order of layer.weights, which numbered names ('dense/0') count by. */
const fields: Record<string, (config: Config) => Field[]> = {
  Dense: ({ units }) => [
    ['kernel', [0, own(units)]],
    ['bias', [own(units)]],
  ],
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Conv2DTranspose: convolution(2, true),
  Conv3DTranspose: convolution(3, true),
  DepthwiseConv2D: (config) => [
    ['depthwiseKernel', [...window(config, 2), 0, config.depthMultiplier ?? 1]],
    ['bias', [0]],
  ],
  SeparableConv2D: (config) => [
    // tfjs does not save its depthMultiplier.
    ['depthwiseKernel', [...window(config, 2), 0, 0]],
    ['pointwiseKernel', [1, 1, 0, own(config.filters)]],
    ['bias', [own(config.filters)]],
  ],
  Embedding: ({ inputDim, outputDim }) => [['embeddings', [own(inputDim), own(outputDim)]]],
  SimpleRNN: recurrent(1),
  GRU: recurrent(3),
  LSTM: recurrent(4),
  ConvLSTM2D: (config) => recurrent(4)(config, window(config, 2)),
  BatchNormalization: perChannel('gamma', 'beta', 'movingMean', 'movingVariance'),
  LayerNormalization: perChannel('gamma', 'beta'),
  PReLU: perChannel('alpha'),
};

/** What no shape has, where the config says no size. */
function own(size: number | undefined): number {
  return size || Number.NaN;
}

function window({ kernelSize }: Config, rank: number): number[] {
  const sizes = Array.isArray(kernelSize) ? kernelSize : [kernelSize];
  return Array.from({ length: rank }, (_, i) => own(sizes[sizes.length === 1 ? 0 : i]));
}

/**
 * The weights that a layer has by its class and config; none for a class that is not
 * known. Cells are as their layers.
 */
export function fieldsOf(className: string, config: Config): Field[] {
  const name = className.replace(/(RNN|GRU|LSTM|LSTM2D)Cell$/, '$1');
  if (!Object.hasOwn(fields, name)) return [];
  const without = { bias: config.useBias, gamma: config.scale, beta: config.center } as Record<string, unknown>;
  return fields[name](config).filter(([field]) => without[field] !== false);
}
