import type { Lowerings } from '../program/Builder.js';
import { activations } from './activation.js';
import { dense } from './dense.js';
import { merges } from './merge.js';
import { normalizations } from './normalization.js';
import { shapes } from './shape.js';

const { BatchNormalization } = normalizations;

/** What nets of dense layers are made of. */
export const basicLayers: Lowerings = { ...shapes, ...dense, ...activations, ...merges, BatchNormalization };
