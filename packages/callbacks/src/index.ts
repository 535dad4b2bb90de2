export { BestWeights, type BestWeightsArgs } from './BestWeights.js';
export type { CompressionCallbackArgs, LoopParams } from './callbackArgs.js';
export { INQScheduler } from './INQScheduler.js';
export { type INQOverride, type INQSchedulerArgs, inqSteps } from './inqArgs.js';
export { learningRateOf, setLearningRate } from './optimizerState.js';
export { formatSeconds } from './progress.js';
export { SurgeryCallback } from './SurgeryCallback.js';
export type { SurgeryCallbackArgs, SurgeryOverride, SurgeryPhase } from './surgeryArgs.js';
export { alignColumns, type CompressionRow, compressionTable, formatTable } from './table.js';
