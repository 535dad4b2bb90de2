/**
 * The weights of one class of layer, as Keras and tfjs name them in files: snake_case, in
 * the order of layer.weights.
 */
interface WeightFields {
  /**
   * Those that pruning and quantization apply to: what the callbacks' findSites() finds.
   */
  kernels: string[];
  others: string[];
}

const bias = ['bias'];
const oneKernel: WeightFields = { kernels: ['kernel'], others: bias };
const recurrent: WeightFields = { kernels: ['kernel', 'recurrent_kernel'], others: bias };
const depthwise: WeightFields = { kernels: ['depthwise_kernel'], others: bias };
const separable: WeightFields = { kernels: ['depthwise_kernel', 'pointwise_kernel'], others: bias };

const fields: Record<string, WeightFields> = {
  Dense: oneKernel,
  EinsumDense: oneKernel,
  Conv1D: oneKernel,
  Conv2D: oneKernel,
  Conv3D: oneKernel,
  Conv1DTranspose: oneKernel,
  Conv2DTranspose: oneKernel,
  Conv3DTranspose: oneKernel,
  LocallyConnected1D: oneKernel,
  LocallyConnected2D: oneKernel,
  DepthwiseConv1D: depthwise,
  DepthwiseConv2D: depthwise,
  SeparableConv1D: separable,
  SeparableConv2D: separable,
  Embedding: { kernels: ['embeddings'], others: [] },
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  CuDNNGRU: recurrent,
  CuDNNLSTM: recurrent,
  ConvLSTM1D: recurrent,
  ConvLSTM2D: recurrent,
  ConvLSTM3D: recurrent,
  BatchNormalization: { kernels: [], others: ['gamma', 'beta', 'moving_mean', 'moving_variance'] },
  LayerNormalization: { kernels: [], others: ['gamma', 'beta'] },
  GroupNormalization: { kernels: [], others: ['gamma', 'beta'] },
  Normalization: { kernels: [], others: ['mean', 'variance', 'count'] },
  PReLU: { kernels: [], others: ['alpha'] },
};

/** Layers that hold a cell; their weights are the cell's. */
export const recurrentClasses = new Set([
  'SimpleRNN',
  'GRU',
  'LSTM',
  'CuDNNGRU',
  'CuDNNLSTM',
  'ConvLSTM1D',
  'ConvLSTM2D',
  'ConvLSTM3D',
]);

/**
 * The built-in class that a class is a form of: of our layers the one they extend, of a
 * cell its layer.
 */
export function stockClass(className: string): string {
  const stock = className.replace(/^(Masked|PowerOfTwo)(?=[A-Z])/, '');
  const layer = stock.replace(/Cell$/, '');
  return recurrentClasses.has(layer) ? layer : stock;
}

/** Whether a class is one of this suite's, which keeps a state for each kernel. */
export function hasStates(className: string): boolean {
  const stock = stockClass(className);
  return /^(Masked|PowerOfTwo)/.test(className) && stock !== className && stock in fields;
}

/**
 * What a weight is to its layer. Of a class that is not known (a layer of the user's own)
 * a weight with a kernel's name counts as one.
 *
 * @param field The weight's name in the layer: 'kernel', 'depthwise_kernel',
 *   'kernel_state' …
 */
export function roleOf(className: string | undefined, field: string): 'kernel' | 'state' | 'other' {
  const known = className === undefined ? undefined : fields[stockClass(className)];
  if (className && hasStates(className) && field.endsWith('_state')) return 'state';
  if (known) return known.kernels.includes(field) ? 'kernel' : 'other';
  return /^((depthwise|pointwise|recurrent)_)?kernel$|^embeddings$/.test(field) ? 'kernel' : 'other';
}

/**
 * The weights of a layer in the order of layer.weights, as far as its config tells;
 * undefined for a class that is not known.
 */
export function fieldsOf(className: string, config: Record<string, unknown>): string[] | undefined {
  const known = fields[stockClass(className)];
  if (!known) return undefined;
  const is = (snake: string, camel: string) => config[snake] !== false && config[camel] !== false;
  const isThere = (field: string) => {
    if (field === 'bias') return is('use_bias', 'useBias');
    if (field === 'gamma') return is('scale', 'scale');
    return field !== 'beta' || is('center', 'center');
  };
  return [...known.kernels, ...known.others.filter(isThere)];
}
