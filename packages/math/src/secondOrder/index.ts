export { damp, type Steps, shrinkProducts } from './factor.js';
export { pruneRows, type RowGroup } from './pruneRows.js';
export { type RefitOptions, type RefitSums, refitGain, refitRows } from './refitRows.js';
export { type Nearest, type RoundedRow, type RoundRowsOptions, roundRows } from './roundRows.js';
