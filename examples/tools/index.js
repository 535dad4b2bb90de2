// Of a template, which works without this folder.
export { startBackend } from '../blood-cells/backend.js';
export { modelFolder } from '../blood-cells/modelFolder.js';
export { mainJob } from './mainJob.js';
export { epochLines } from './progress.js';
