export { expectNoLeak } from './expectNoLeak.js';
export { MemoryHandler } from './memoryHandler.js';
export { killUnits, randomModel } from './randomModel.js';
export { inputsFor, outputsOf, saved } from './savedModel.js';
export { bitsOf, relativeError, seededTensor, seededValues } from './seeded.js';
export { smallModel, smallProblem, weightsOf } from './smallProblem.js';
export { teachableMachine } from './teachableMachine.js';
export { type CompressibleLayerCase, testCompressibleLayer } from './testCompressibleLayer.js';
export {
  type Api,
  type Asked,
  type Case,
  cases,
  countWeights,
  type FitSeen,
  freshCases,
  isLevel,
  lastTable,
  levelOf,
  nameOf,
  printedBy,
  rangeOf,
  runCase,
  Truth,
} from './truth/index.js';
