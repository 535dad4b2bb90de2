import type { Attacks } from './attack.js';
import { descriptions } from './descriptions.js';
import { mixed } from './mixed.js';
import { sizes } from './sizes.js';
import { tensors } from './tensors.js';

/**
 * Every kind of file that ever made unpack take longer, or more memory, than its bounds
 * in SPEC.md say, and its kin.
 */
export const attacks: Record<string, Attacks> = {
  descriptions: descriptions(2),
  'descriptions of version 1': descriptions(1),
  sizes,
  tensors,
  trees: mixed(2),
  'mixed contexts of version 1': mixed(1),
};
