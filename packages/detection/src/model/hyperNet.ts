import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Detector } from './Detector.js';
import { freezeTrunk } from './freezeTrunk.js';
import { configOf, type HyperNetOptions } from './HyperNetOptions.js';
import { levelsOf } from './levels.js';
import { connectTraining, createLayers } from './network.js';
import { alexnet, vgg16 } from './trunks.js';

/**
 * Builds a HyperNet (Kong et al., CVPR 2016, arXiv:1604.00600) that trains jointly, from
 * images to boxes. The trunk's layers become part of it.
 *
 * ```js
 * const mobileNet = await tf.loadLayersModel('mobilenet/model.json'); // …
 * const levels = ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'];
 * const detector = hyperNet({ trunk: trunkOf(mobileNet, { levels }), classes: ['cat', 'dog'] });
 * ```
 *
 * @param options The trunk and the classes; the others have the paper's defaults where it
 *   gives them.
 * @throws ArgumentError where an option is out of range or the trunk's levels do not line
 *   up.
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
