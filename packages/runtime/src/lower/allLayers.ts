import type { Lowerings } from '../program/Builder.js';
import { basicLayers } from './basicLayers.js';
import { convolutions } from './convolution.js';
import { normalizations } from './normalization.js';
import { poolings } from './pooling.js';
import { resizings } from './resize.js';
import { sequences } from './sequences.js';
import { paddings } from './shape.js';

/** Every layer that can be run. */
export const allLayers: Lowerings = {
  ...basicLayers,
  ...convolutions,
  ...poolings,
  ...normalizations,
  ...paddings,
  ...resizings,
  ...sequences,
};
