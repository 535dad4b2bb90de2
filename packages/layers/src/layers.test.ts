import { layers as stock } from '@tensorflow/tfjs-layers';
import { testCompressibleLayer } from '@tfjs-compress/testing';
import * as factoryFunctions from './factories.js';
import * as classes from './layers.js';

const conv = { filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' };
const cases = [
  { base: 'Dense', stock: stock.dense, args: { units: 4, activation: 'relu' }, inputShape: [5], fields: ['kernel'] },
  { base: 'Conv1D', stock: stock.conv1d, args: conv, inputShape: [8, 2], fields: ['kernel'] },
  { base: 'Conv2D', stock: stock.conv2d, args: conv, inputShape: [7, 6, 2], fields: ['kernel'] },
  { base: 'Conv2DTranspose', stock: stock.conv2dTranspose, args: conv, inputShape: [4, 3, 2], fields: ['kernel'] },
  {
    base: 'DepthwiseConv2D',
    stock: stock.depthwiseConv2d,
    args: { kernelSize: 3, depthMultiplier: 2, useBias: false },
    inputShape: [6, 6, 2],
    fields: ['depthwiseKernel'],
  },
  {
    base: 'SeparableConv2D',
    stock: stock.separableConv2d,
    args: { filters: 4, kernelSize: 3, depthMultiplier: 2 },
    inputShape: [6, 6, 2],
    fields: ['depthwiseKernel', 'pointwiseKernel'],
  },
];
const factories = new Map<string, unknown>(Object.entries({ ...classes, ...factoryFunctions }));
const families = [
  { prefix: 'Masked', own: { targetSparsity: 0.5 } },
  { prefix: 'PowerOfTwo', own: { bits: 4, perChannel: true } },
];

/** testCompressibleLayer() holds what is expected of each. */
for (const { prefix, own } of families) {
  for (const { base, ...layerCase } of cases) {
    const className = `${prefix}${base}`;
    const factory = (prefix[0].toLowerCase() + className.slice(1)).replace(/([12])D/, '$1d');
    testCompressibleLayer({ ...layerCase, className, create: factories.get(factory) as never, own });
  }
}
