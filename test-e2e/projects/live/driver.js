/**
 * What a visitor does on the live page, as a script of the page itself: Playwright drives
 * a Firefox of its own making only. Trains, draws a line by the keyboard, and tells the
 * server what the page shows then.
 */
const errors = [];
addEventListener('error', ({ message }) => errors.push(message));
addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));

const find = (selector) => document.querySelector(selector);
const textOf = (selector) => find(selector)?.textContent ?? '';

async function until(selector, pattern) {
  const end = performance.now() + 120_000;
  while (!pattern.test(textOf(selector))) {
    if (performance.now() > end) throw new Error(`${selector} is '${textOf(selector)}', not ${pattern}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function press(...keys) {
  for (const key of keys) find('#pad canvas').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}

try {
  await until('#main-button', /Start training/);
  find('#main-button').click();
  await until('#main-button', /Train again/);
  press('ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', ' ', ...new Array(8).fill('ArrowDown'), ' ');
  await until('#small .answer', /^\d$/);
  await until('#large .answer', /^\d$/);
} catch (error) {
  errors.push(error.message);
}
const tiles = Object.fromEntries(
  [...document.querySelectorAll('#tiles > div')].map((tile) => [
    tile.querySelector('dt').textContent,
    tile.querySelector('dd').textContent,
  ]),
);
const answers = ['small', 'large'].map((id) => textOf(`#${id} .answer`));
await fetch('result', { method: 'POST', body: JSON.stringify({ errors, tiles, answers }) });
