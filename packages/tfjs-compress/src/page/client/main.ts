import type { PageConfig, PageInput } from '../PageConfig.js';
import { byId, make } from './dom.js';
import { openFile, openFrozen } from './engines.js';
import { inputSection, takeImages } from './inputSection.js';
import { outputView } from './outputView.js';
import { style } from './style.js';
import { formatTime, medianTimer } from './timer.js';

/**
 * A model that takes longer than this many ms runs when nothing was changed for a moment,
 * not with every line.
 */
const slow = 40;
const quietMs = 250;

/** Not a style element, which the page's policy would have to allow. */
function addStyle(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
}

/** Loads the model and makes the page: inputs, outputs, figures. */
async function start(): Promise<void> {
  addStyle();
  const { inputs, outputs, range, frozen, bytes }: PageConfig = JSON.parse(byId('config').textContent!);
  const payload = Uint8Array.from(atob(byId('model').textContent!), (character) => character.charCodeAt(0));
  const predict = await (frozen ? openFrozen(payload, frozen) : openFile(payload, inputs));

  const isOne = inputs.length === 1;
  const sections = inputs.map((input) => inputSection(input, isOne ? titleOf(input) : input.name, range, changed));
  const views = outputs.map((output) => outputView(output, outputs.length === 1 ? '' : output.name));
  const problem = make('p', { class: 'problem', role: 'alert' });
  const time = document.createTextNode('–');
  const fact = (what: string, value: string | Node) => make('li', {}, `${what} `, make('b', {}, value));
  const predictions = make(
    'section',
    { class: 'prediction', 'aria-label': 'Prediction' },
    make('h2', {}, 'Prediction'),
  );
  // For who does not see the bars: when nothing was changed for a moment, not with every
  // line.
  const spoken = make('p', { class: 'spoken', role: 'status' });
  predictions.append(problem, spoken, ...views.map(({ element }) => element));
  const facts = make('ul', { class: 'facts' }, fact('One prediction', time));
  for (const [what, n] of Object.entries(bytes)) facts.append(fact(what, `${n.toLocaleString('en-US')} bytes`));
  if (!isOne) for (const { element, more } of sections) element.append(more);
  byId('app').replaceChildren(make('div', {}, ...sections.map(({ element }) => element)), predictions, facts);
  if (isOne) predictions.after(sections[0].more);
  takeImages(sections);

  let values: Float32Array[] = [];
  let medianMs = 0;
  let frame = 0;
  let timer = 0;
  const measure = medianTimer(() => predict(values));

  function changed(): void {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    if (medianMs > slow) timer = window.setTimeout(update, quietMs);
    else frame = requestAnimationFrame(update);
  }

  function update(): void {
    const read = sections.map((section) => section.read());
    const results = read.every((each) => each !== undefined) ? run(read) : undefined;
    const answers = views.map((view, i) => view.show(results?.[i]));
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      spoken.textContent = answers.join('; ');
      if (!results) return;
      medianMs = measure();
      time.data = formatTime(medianMs);
    }, quietMs);
  }

  /**
   * Copies of the outputs, whose arrays belong to the model; undefined where the model
   * refuses the numbers.
   */
  function run(read: Float32Array[]): Float32Array[] | undefined {
    try {
      values = read;
      problem.textContent = '';
      return predict(values).map((each) => each.slice());
    } catch (error) {
      problem.textContent = (error as Error).message;
      return undefined;
    }
  }

  update();
}

function titleOf(input: PageInput): string {
  if (input.kind === 'numbers') return 'Numbers';
  return input.channels === 1 ? 'Draw here' : 'Image';
}

start().catch((error: Error) => {
  byId('app').textContent = `The model cannot be run in this browser: ${error.message}`;
});
