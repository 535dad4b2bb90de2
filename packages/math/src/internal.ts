/** What the other packages of this repository use; outside of semantic versioning. */
export {
  check,
  checkInteger,
  checkKnownOptions,
  checkNearMiss,
  checkOneOf,
  checkSignal,
  resolveOptions,
} from './checks.js';
export { countNonFinite, countZeros } from './figures.js';
export { random } from './random.js';
