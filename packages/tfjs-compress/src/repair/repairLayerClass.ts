import { asObject, classOf, nameOf } from '../model/layerTree.js';
import type { Repairs } from './Repairs.js';

type Json = Record<string, unknown>;

/** Layers that change nothing when a model predicts. */
const identities = new Set(
  (
    'Identity ActivityRegularization RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness ' +
    'RandomHeight RandomShear RandomHue RandomSaturation RandomColorJitter RandomGrayscale RandomGaussianBlur RandomErasing ' +
    'RandomSharpness RandomPosterization RandomInvert RandomColorDegeneration RandAugment AugMix MixUp CutMix RandomPerspective ' +
    'RandomElasticTransform'
  ).split(' '),
);

/**
 * A layer, its own config repaired already, as the tfjs layer that computes the same;
 * what differs in silence is refused.
 */
export function repairLayerClass(layer: Json, isKeras3: boolean, repairs: Repairs): Json {
  const className = classOf(layer);
  const name = nameOf(layer);
  const config = asObject(layer.config) ?? {};
  const as = (stock: string, rest: Json): Json => ({ ...layer, class_name: stock, config: { name, ...rest } });
  const refuse = (what: string) => repairs.refuse(`layer '${name}' (${className}): ${what}`);
  // An operation on tensors that Keras 3 made a layer of: x + y.
  if (/\bops\b/.test(String(layer.module ?? '')) && !/^(Add|Multiply|Maximum|Minimum)$/.test(className))
    refuse('it is an operation of keras.ops, which tfjs does not have');
  if (identities.has(className)) {
    repairs.change('layers that change nothing in predictions are linear activations now', name);
    return as('Activation', { activation: 'linear', trainable: config.trainable ?? true, dtype: 'float32' });
  }
  switch (className) {
    case 'InputLayer':
      return inputLayer(layer, config, repairs);
    case 'SpatialDropout2D':
    case 'SpatialDropout3D':
      repairs.change('spatial dropout is dropout now: predictions are the same', name);
      return as('Dropout', { rate: config.rate ?? 0, dtype: 'float32' });
    case 'Normalization':
      return normalization(as, config, refuse, () => repairs.change('Normalization is a BatchNormalization now', name));
    case 'LeakyReLU': {
      const { negative_slope: slope, ...rest } = config;
      if (slope === undefined) return layer;
      repairs.change('negative_slope is alpha now', name);
      return { ...layer, config: { ...rest, alpha: slope } };
    }
    case 'ReLU':
      if (config.threshold) refuse('tfjs has no threshold there');
      if (!config.negative_slope) return layer;
      if (config.max_value != null) refuse('tfjs has no negative_slope there');
      repairs.change('ReLU with a negative slope is LeakyReLU now', name);
      return as('LeakyReLU', { alpha: config.negative_slope });
    case 'Bidirectional':
      return bidirectional(layer, config, isKeras3);
    case 'GRU':
    case 'GRUCell':
      if (config.reset_after === true)
        refuse('reset_after is true, and tfjs has only the other equation (train it with reset_after=False)');
      return layer;
  }
  if (/Conv/.test(className) && Number(config.groups ?? 1) !== 1) refuse('tfjs has no groups in convolutions');
  if (/^Global/.test(className) && config.keepdims === true) refuse('tfjs has no keepdims there');
  if (className === 'LayerNormalization' && config.rms_scaling === true) refuse('tfjs has no rms_scaling there');
  return layer;
}

function inputLayer(layer: Json, config: Json, repairs: Repairs): Json {
  const { batch_shape: shape, ...rest } = config;
  if (!Array.isArray(shape)) return layer;
  repairs.change('batch_shape is batch_input_shape now', nameOf(layer));
  return { ...layer, config: { ...rest, batch_input_shape: shape } };
}

/**
 * (x - mean) / sqrt(variance), with Keras' bound of 1e-7 on the deviation, is batch
 * normalization without gamma and beta.
 */
function normalization(
  as: (stock: string, rest: Json) => Json,
  { axis = -1, mean, invert }: Json,
  refuse: (what: string) => void,
  done: () => void,
): Json {
  const one = Array.isArray(axis) ? (axis.length === 1 ? axis[0] : undefined) : axis;
  if (mean != null) refuse('its mean is in the description, not among the weights');
  if (typeof one !== 'number') refuse('it has several axes or none');
  if (invert === true) refuse('it is inverted');
  done();
  return as('BatchNormalization', {
    axis: one ?? -1,
    epsilon: 1e-14,
    center: false,
    scale: false,
    trainable: false,
    dtype: 'float32',
  });
}

/**
 * tfjs makes the layer for the way back itself, and puts the direction before the name.
 */
function bidirectional(layer: Json, { backward_layer: _, ...config }: Json, isKeras3: boolean): Json {
  const wrapped = asObject(config.layer);
  const name = wrapped && nameOf(wrapped);
  if (!isKeras3 || !name?.startsWith('forward_')) return { ...layer, config };
  const renamed = { ...wrapped, config: { ...asObject(wrapped!.config), name: name.slice('forward_'.length) } };
  return { ...layer, config: { ...config, layer: renamed } };
}
