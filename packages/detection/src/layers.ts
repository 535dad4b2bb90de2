/** The layers of a detector, for networks of your own; importing this registers them. */
export { BoxDecoding, type BoxDecodingArgs } from './layers/BoxDecoding.js';
export {
  LocalResponseNormalization,
  type LocalResponseNormalizationArgs,
} from './layers/LocalResponseNormalization.js';
export { Proposals, type ProposalsArgs } from './layers/Proposals.js';
export { RoIAlign, type RoIAlignLayerArgs } from './layers/RoIAlign.js';
export { RoIMaxPooling, type RoIMaxPoolingLayerArgs } from './layers/RoIMaxPooling.js';
