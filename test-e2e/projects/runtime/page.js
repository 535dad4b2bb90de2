import { predict } from './predict.js';

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.postMessage('/model.tfz');
const inWorker = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
});

/** For the test, which waits for it. */
window.results = Promise.all([predict('/model.tfz'), inWorker]);
