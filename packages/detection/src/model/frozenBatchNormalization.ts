import * as tfl from '@tensorflow/tfjs-layers';
import { hook } from '@tfjs-compress/layers/internal';

const frozen = new WeakSet<tfl.layers.Layer>();

/**
 * Keeps the statistics of every batch normalization in `model`, nested models included:
 * tfjs would replace them by those of a batch of one or two images while training,
 * whether the layer is trainable or not (torchvision's detectors freeze them for the same
 * reason). A layer that is frozen already stays as it is.
 */
export function freezeBatchNormalization(model: tfl.LayersModel): void {
  for (const layer of model.layers) {
    if (layer instanceof tfl.LayersModel) freezeBatchNormalization(layer);
    if (layer.getClassName() !== 'BatchNormalization' || frozen.has(layer)) continue;
    frozen.add(layer);
    hook(layer, 'call', (call) => (inputs, kwargs) => call.call(layer, inputs, { ...kwargs, training: false }));
  }
}
