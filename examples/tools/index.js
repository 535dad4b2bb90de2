export { startBackend } from './backend.js';
export { mainJob } from './mainJob.js';
export { modelFolder } from './modelFolder.js';
export { epochLines } from './progress.js';
