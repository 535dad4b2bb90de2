import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const conv = (name: string, filters: number, kernelSize: number, strides = 1) =>
  layers.conv2d({
    name,
    filters,
    kernelSize,
    strides,
    padding: 'same',
    activation: 'relu',
    kernelInitializer: 'heNormal',
  });

/**
 * VGG-16 (Simonyan, Zisserman, arXiv:1409.1556) up to conv5_3, stride 16, with random
 * weights. Input [null, null, null, 3].
 *
 * ```js
 * const detector = hyperNet({ trunk: 'vgg16', classes: ['cat', 'dog'] });
 * const trunk = vgg16(); // for weights of your own: trunk.setWeights(…)
 * ```
 */
export function vgg16(): LayersModel {
  const image = input({ shape: [null, null, 3], name: 'image' });
  let x: SymbolicTensor = image;
  const filters = [64, 128, 256, 512, 512];
  for (let block = 1; block <= 5; block++) {
    if (block > 1) {
      const pool = layers.maxPooling2d({ name: `pool${block - 1}`, poolSize: 2, strides: 2, padding: 'same' });
      x = pool.apply(x) as SymbolicTensor;
    }
    for (let i = 1; i <= (block < 3 ? 2 : 3); i++) {
      x = conv(`conv${block}_${i}`, filters[block - 1], 3).apply(x) as SymbolicTensor;
    }
  }
  return model({ inputs: image, outputs: x, name: 'vgg16' });
}

/**
 * AlexNet (Krizhevsky et al., 2012) up to conv5 in one column, padded to whole strides: 4
 * at conv1, 16 from conv3 on.
 *
 * ```js
 * const detector = hyperNet({ trunk: 'alexnet', classes: ['cat', 'dog'] });
 * const trunk = alexnet(); // for weights of your own: trunk.setWeights(…)
 * ```
 */
export function alexnet(): LayersModel {
  const image = input({ shape: [null, null, 3], name: 'image' });
  const pool = (name: string) => layers.maxPooling2d({ name, poolSize: 3, strides: 2, padding: 'same' });
  const stack = [
    conv('conv1', 96, 11, 4),
    pool('pool1'),
    conv('conv2', 256, 5),
    pool('pool2'),
    conv('conv3', 384, 3),
    conv('conv4', 384, 3),
    conv('conv5', 256, 3),
  ];
  const out = stack.reduce<SymbolicTensor>((x, layer) => layer.apply(x) as SymbolicTensor, image);
  return model({ inputs: image, outputs: out, name: 'alexnet' });
}
