import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Detector } from './Detector.js';
import { freezeTrunk } from './freezeTrunk.js';
import { configOf, type HyperNetOptions } from './HyperNetOptions.js';
import { levelsOf } from './levels.js';
import { connectTraining, createLayers } from './network.js';
import { alexnet, vgg16 } from './trunks.js';

/**
 * Builds a HyperNet (Kong et al., CVPR 2016, arXiv:1604.00600) that trains jointly, from
 * images to boxes. The trunk's layers become part of it. Throws an ArgumentError where
 * an argument is out of range or the trunk's levels do not line up.
 */
export function hyperNet(options: HyperNetOptions): Detector {
  const config = configOf(options);
  const trunk: LayersModel =
    options.trunk === 'vgg16' ? vgg16() : options.trunk === 'alexnet' ? alexnet() : options.trunk;
  const { outputs, strides } = levelsOf(trunk, config.levels);
  freezeTrunk(trunk, config.fineTune);
  const get = createLayers(config, strides);
  const pooled = get('pool_shallow').apply(outputs[0]) as SymbolicTensor;
  const model = connectTraining(get, config, trunk.inputs, [pooled, outputs[1], outputs[2]]);
  model.setUserDefinedMetadata({ hyperNet: config, strides });
  return new Detector(model);
}
