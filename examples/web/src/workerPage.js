/** A .tfz file in a Web Worker: however large the model, the page never waits. */
import { drawOn } from './drawing.js';

const [status, answer] = ['#status', '#answer'].map((selector) => document.querySelector(selector));
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
let last = 0;

worker.onmessage = ({ data: { ready, error, id, probabilities } }) => {
  if (error) status.textContent = `The model cannot be loaded: ${error}`;
  if (ready) status.textContent = 'The model runs in a worker.';
  // An answer to an older drawing is late.
  if (!probabilities || id !== last) return;
  const digit = probabilities.indexOf(Math.max(...probabilities));
  answer.innerHTML = `<strong>${digit}</strong> ${Math.round(100 * probabilities[digit])}% sure`;
};
worker.onerror = ({ message }) => {
  status.textContent = `The worker failed: ${message}`;
};

const clear = drawOn(document.querySelector('canvas'), (pixels) => {
  worker.postMessage({ id: ++last, pixels }, [pixels.buffer]); // handed over, not copied
});
document.querySelector('#clear').onclick = () => {
  clear();
  last++;
  answer.textContent = 'Draw a digit.';
};
