export { BestWeights, type BestWeightsArgs } from './BestWeights.js';
export type { CompressionCallbackArgs, LoopParams } from './callbackArgs.js';
export { INQScheduler } from './INQScheduler.js';
export { type INQOverride, type INQSchedulerArgs, inqSteps } from './inqArgs.js';
export { SurgeryCallback } from './SurgeryCallback.js';
export type { SurgeryCallbackArgs, SurgeryOverride, SurgeryPhase } from './surgeryArgs.js';
export { type CompressionRow, compressionTable, formatTable } from './table.js';
