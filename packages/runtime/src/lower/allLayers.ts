import type { Lowerings } from '../program/Builder.js';
import { activations } from './activation.js';
import { convolutions } from './convolution.js';
import { dense } from './dense.js';
import { merges } from './merge.js';
import { normalizations } from './normalization.js';
import { poolings } from './pooling.js';
import { resizings } from './resize.js';
import { sequences } from './sequences.js';
import { paddings, shapes } from './shape.js';

/** Every layer that can be run. */
export const allLayers: Lowerings = {
  ...dense,
  ...activations,
  ...merges,
  ...normalizations,
  ...convolutions,
  ...poolings,
  ...shapes,
  ...paddings,
  ...resizings,
  ...sequences,
};
