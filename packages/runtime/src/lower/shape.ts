import type { Lower, Lowerings } from '../program/Builder.js';

const same: Lower = (_, __, [x]) => x;

/** Layers that do nothing at inference. */
const idle = [
  'InputLayer',
  'Dropout',
  'SpatialDropout1D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
];

export const shape: Lowerings = {
  ...Object.fromEntries(idle.map((name) => [name, same])),
};
