export { expectNoLeak } from './expectNoLeak.js';
