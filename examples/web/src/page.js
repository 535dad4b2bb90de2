/** A .tfz file in a page: three lines load it and ask it, the others draw and show. */
import { loadModel } from '@tfjs-compress/runtime'; // 1
import { drawOn } from './drawing.js';
import url from './model.tfz?url';

const [status, answer] = ['#status', '#answer'].map((selector) => document.querySelector(selector));

try {
  const model = await loadModel(url); // 2
  status.textContent = 'The model runs in the page.';
  const clear = drawOn(document.querySelector('canvas'), (pixels) => {
    const probabilities = model.predict(pixels); // 3
    const digit = probabilities.indexOf(Math.max(...probabilities));
    answer.innerHTML = `<strong>${digit}</strong> ${Math.round(100 * probabilities[digit])}% sure`;
  });
  document.querySelector('#clear').onclick = () => {
    clear();
    answer.textContent = 'Draw a digit.';
  };
} catch (error) {
  status.textContent = `The model cannot be loaded: ${error.message}`;
}
