import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Keeps the statistics of every batch normalization in `model`: tfjs would replace them by those of a batch of one or two
 * pictures while training, whether the layer is trainable or not (torchvision's detectors freeze them for the same reason).
 */
export function freezeBatchNormalization(model: LayersModel): void {
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
  }
}
