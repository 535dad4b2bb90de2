export { expectNoLeak } from './expectNoLeak.js';
export { MemoryHandler } from './memoryHandler.js';
export { bitsOf, relativeError, seededTensor, seededValues } from './seeded.js';
export { smallModel, smallProblem, weightsOf } from './smallProblem.js';
export { teachableMachine } from './teachableMachine.js';
export { type CompressibleLayerCase, testCompressibleLayer } from './testCompressibleLayer.js';
