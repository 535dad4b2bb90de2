export type { Api } from './api.js';
export { type Case, cases, freshCases, nameOf } from './axes.js';
export { countWeights } from './kernels.js';
export type { Asked } from './options.js';
export { lastTable, printedBy } from './printed.js';
export { isLevel, levelOf, rangeOf } from './reference.js';
export { runCase } from './runCase.js';
export { type FitSeen, Truth } from './Truth.js';
