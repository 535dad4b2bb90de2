export type { CompressionCallbackArgs } from './CompressionCallback.js';
export { type INQOverride, INQScheduler, type INQSchedulerArgs } from './INQScheduler.js';
export { SurgeryCallback } from './SurgeryCallback.js';
export type { SurgeryCallbackArgs, SurgeryOverride, SurgeryPhase } from './surgeryArgs.js';
export { alignColumns, type CompressionRow, compressionTable, formatTable } from './table.js';
