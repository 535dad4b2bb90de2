/**
 * An image that is dropped on the page, with the cells that the detector in
 * output/bloodCells.tfz finds there.
 */
import { drawDetections } from '@tfjs-compress/detection';
import { ask } from './ask.js';

const element = (selector) => document.querySelector(selector);
const [canvas, status, score, proposals] = ['canvas', '#status', '#score', '#proposals'].map(element);
/** Larger images are made smaller: the detector does that, too. */
const largestSide = 1280;
/** When nothing was changed for so many ms, times are measured. */
const quietMs = 400;

let classes;
let bitmap;
let pixels;
let detections = [];
let timer;

element('#image').onchange = ({ target }) => open(target.files[0]);
score.oninput = show;
proposals.oninput = detect;
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  open(event.dataTransfer.files[0]);
});

try {
  const model = new URL('output/bloodCells.tfz', document.baseURI).href;
  const { classes: all, defaults } = await ask('load', { source: model });
  classes = all;
  score.value = defaults.scoreThreshold;
  proposals.value = defaults.proposals;
  element('#image').disabled = false;
  status.textContent = `Drop an image: the detector looks for ${classes.join(', ')}.`;
  show();
} catch (error) {
  status.textContent = `There is no detector yet (npm start makes output/bloodCells.tfz): ${error.message}`;
}

async function open(file) {
  if (!classes || !file) return;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    status.textContent = `${file.name} is not an image that this browser can read.`;
    return;
  }
  const scale = Math.min(1, largestSide / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(scale * bitmap.width));
  canvas.height = Math.max(1, Math.round(scale * bitmap.height));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  detections = [];
  await detect();
}

async function detect() {
  show();
  if (!pixels) return;
  clearTimeout(timer);
  const options = { proposals: Number(proposals.value), scoreThreshold: Number(score.min) };
  status.textContent = 'Looking …';
  try {
    const answer = await ask('detect', { pixels, options });
    // A later question is on its way.
    if (!answer) return;
    detections = answer.detections;
    show();
    status.textContent = 'Found in this page; the image was sent nowhere.';
    timer = setTimeout(() => measure(options), quietMs);
  } catch (error) {
    status.textContent = error.message;
  }
}

async function measure(options) {
  const answer = await ask('measure', { pixels, options });
  if (answer) fill('#times', Object.entries(answer.times), (ms) => `${Math.round(ms)} ms`);
}

/** Draws what is above the score: for that nothing is detected anew. */
function show() {
  element('output[for=score]').textContent = Number(score.value).toFixed(2);
  element('output[for=proposals]').textContent = proposals.value;
  if (!classes) return;
  const shown = detections.filter((each) => each.score > Number(score.value));
  if (bitmap) {
    canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    drawDetections(canvas, shown, { classes });
  }
  const countOf = (name) => shown.filter((each) => each.class === name).length;
  fill(
    '#counts',
    classes.map((name) => [name, countOf(name)]),
    String,
  );
}

function fill(table, rows, format) {
  const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  element(table).replaceChildren(
    ...rows.map(([name, value]) => {
      const row = document.createElement('tr');
      row.append(cell('th', name), cell('td', format(value)));
      return row;
    }),
  );
}
