import { readWeights } from '../graph/readWeights.js';
import { refuse, refusing } from '../graph/UnsupportedLayerError.js';
import { type Activation, elementwise, softmaxOf } from '../program/activations.js';
import { Matrix } from '../program/Matrix.js';
import { sizeOf } from '../program/Value.js';
import type { Artifacts } from '../readSource.js';

/** One layer of a chain: a matrix with its bias, an activation, or both. */
interface Step {
  name: string;
  matrix?: Matrix;
  bias?: Float32Array;
  activation?: Activation;
}

/** A net of dense layers, each of which reads the one before. */
export interface Chain {
  name: string;
  /** Of the input, the batch first. */
  shape: (number | null)[];
  /** Sizes of the output between the batch and its last dimension. */
  inner: (number | null)[];
  /** The last dimension of what the first layer multiplies, and of the output. */
  depth: number;
  width: number;
  steps: Step[];
}

type Json = Record<string, any>;

/** A normalization is a matrix of so many rows at most. */
const WIDEST = 4096;

/** Layers that do nothing at inference, or only to shapes. */
const idle = /^(InputLayer|.*Dropout(1D)?|GaussianNoise|ActivityRegularization)$/;
const activations = /^(ReLU|LeakyReLU|ELU|ThresholdedReLU|Softmax)$/;

/**
 * The net in the artifacts of a tf.LayersModel whose layers form a chain: Dense,
 * BatchNormalization beside them, activations, Flatten and Reshape in front.
 *
 * @throws UnsupportedLayerError for what is not such a chain.
 */
export function readChain({ modelTopology, weightSpecs = [], weightData, lists }: Artifacts): Chain {
  const topology = modelTopology as Json;
  const root: Json = topology?.model_config ?? topology;
  const layers: Json[] = root?.config?.layers ?? root?.config;
  if (!Array.isArray(layers) || layers.length === 0 || !layers.every((layer) => layer?.config)) {
    throw new Error('the artifacts have no topology of a layers model.');
  }
  const weights = new Map<string, Float32Array>();
  for (const { name, values } of readWeights(weightSpecs, weightData, lists)) weights.set(name, values);
  const [first] = layers;
  const { config } = first;
  const shape = config.batch_input_shape ?? config.batch_shape;
  const isShape = (size: unknown, i: number): boolean =>
    (i === 0 && size === null) || (Number.isInteger(size) && (size as number) > 0);
  const path = (layer: Json): string => `${layer.config.name}`;
  if (!Array.isArray(shape) || shape.length < 2 || !shape.every(isShape)) {
    refuse({ path: path(first), className: first.class_name }, 'its batch_input_shape has to be a list of sizes');
  }
  const chain: Chain = { name: path(first), shape, inner: shape.slice(1, -1), depth: 0, width: 0, steps: [] };
  if (first.class_name !== 'InputLayer') chain.name += '_input';
  let width: number = shape.at(-1);
  let depth = width;
  layers.forEach((layer, i) => {
    const className = `${layer.class_name}`.replace(/^(Masked|PowerOfTwo)/, '');
    const name = path(layer);
    const no = (reason: string): never =>
      refuse({ path: name, className }, `${reason}; '@tfjs-compress/runtime' may run the model`);
    const own = (field: string, count: number): Float32Array => {
      const values = weights.get(`${name}/${field}`);
      return values?.length === count ? values : no(`expected ${count} numbers in the weight '${name}/${field}'`);
    };
    const settings: Json = layer.config;
    if (!follows(layer, layers[i - 1])) no('it reads other layers than the one before');
    const { steps } = chain;
    const activated = (activation: Activation): Activation => {
      if (!softmaxOf(activation)) refusing({ path: name, className }, () => elementwise(activation));
      return activation;
    };
    if (className === 'Dense') {
      const { units } = settings;
      const matrix = new Matrix(own('kernel', width * units), width, units);
      const bias = settings.use_bias === false ? undefined : own('bias', units);
      steps.push({ name, matrix, bias, activation: activated(settings.activation) });
      width = units;
    } else if (className === 'Activation') steps.push({ name, activation: activated(settings.activation) });
    else if (activations.test(className)) {
      const { max_value: maxValue, alpha, theta, axis = 1 } = settings;
      const last = chain.inner.length + 1;
      if (className === 'Softmax' && axis !== -1 && axis !== last) no('its axis is not the last');
      steps.push({ name, activation: activated({ className, config: { maxValue, alpha, theta } }) });
    } else if (className === 'BatchNormalization') {
      const read = (field: string, isThere: boolean, value: number): Float32Array =>
        isThere ? own(field, width) : new Float32Array(width).fill(value);
      const mean = own('moving_mean', width);
      const beta = read('beta', settings.center !== false, 0);
      const variance = own('moving_variance', width);
      const factors = read('gamma', settings.scale !== false, 1).map(
        (gamma, j) => gamma / Math.sqrt(variance[j] + (settings.epsilon ?? 1e-3)),
      );
      const diagonal = (j: number): number => (j % (width + 1) === 0 ? factors[j / (width + 1)] : 0);
      if (width > WIDEST) no(`it normalizes more than ${WIDEST} numbers`);
      const matrix = new Matrix(
        Float32Array.from({ length: width * width }, (_, j) => diagonal(j)),
        width,
        width,
      );
      steps.push({ name, matrix, bias: beta.map((b, j) => b - mean[j] * factors[j]) });
    } else if (className === 'Flatten' || className === 'Reshape') {
      const target = className === 'Flatten' ? [-1] : settings.target_shape;
      if (steps.length > 0 || target?.length !== 1 || settings.data_format === 'channels_first')
        no('this reshaping is not supported');
      width *= sizeOf(chain.inner as number[]);
      chain.inner = [];
      depth = width;
    } else if (!idle.test(className)) no('layers of this class are not supported here');
  });
  return { ...chain, depth, width };
}

/**
 * Whether a layer reads the one before it, once. In a Sequential there is no word about
 * it.
 */
function follows({ inbound_nodes: nodes }: Json, before: Json | undefined): boolean {
  if (!nodes || !before) return !nodes?.length;
  return nodes.length === 1 && nodes[0]?.length === 1 && nodes[0][0]?.[0] === before.config.name;
}
