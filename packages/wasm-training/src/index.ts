export { registerTrainingKernels } from './registerTrainingKernels.js';
