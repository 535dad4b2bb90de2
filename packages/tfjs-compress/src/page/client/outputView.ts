import type { PageOutput } from '../PageConfig.js';
import { make } from './dom.js';

export interface OutputView {
  element: HTMLElement;
  /**
   * Shows the values, or with none that there are none. Returns the answer in words: the
   * largest value with its name.
   */
  show(values?: Float32Array): string;
}

/** Where there are more values, the largest are shown. */
const mostRows = 20;

/** Bars for the values of an output, under `title` (which may be empty). */
export function outputView({ labels }: PageOutput, title: string): OutputView {
  const answer = make('p', { class: 'answer' });
  const body = make('tbody');
  const caption = make('caption');
  const element = make('div', {}, ...(title ? [make('h3', {}, title)] : []), answer, make('table', {}, caption, body));
  let rows: Row[] = [];
  const labelOf = (i: number) => labels?.[i] ?? String(i);

  const widest = (labels ?? []).reduce((most, label) => Math.max(most, label.length), 2);
  const show = (values?: Float32Array): string => {
    answer.textContent = values ? answerOf(values) : 'Nothing to predict from yet';
    if (values) showRows(values);
    else for (const row of rows) row.clear();
    return answer.textContent;
  };
  const showRows = (values: Float32Array) => {
    if (rows.length !== Math.min(mostRows, values.length)) {
      rows = Array.from({ length: Math.min(mostRows, values.length) }, () => makeRow(widest));
      body.replaceChildren(...rows.map((row) => row.element));
      if (values.length > mostRows) caption.textContent = `The ${mostRows} largest of ${values.length} values`;
    }
    const order = values.length > mostRows ? largest(values, mostRows) : Array.from(values.keys());
    const format = formatOf(values);
    const [low, high] = scaleOf(values);
    const top = values.length > 1 ? largest(values, 1)[0] : -1;
    order.forEach((index, i) => {
      const ends = [0, values[index]].map((value) => (Math.min(high, Math.max(low, value)) - low) / (high - low));
      rows[i].set(labelOf(index), format(values[index]), Math.min(...ends), Math.max(...ends), index === top);
    });
  };
  const answerOf = (values: Float32Array) => {
    const [top] = largest(values, 1);
    return `${values.length > 1 || labels ? `${labelOf(top)}: ` : ''}${formatOf(values)(values[top])}`;
  };
  return { element, show };
}

interface Row {
  element: HTMLElement;
  set(label: string, value: string, from: number, to: number, isTop: boolean): void;
  clear(): void;
}

/** `widest`: characters of the longest label. */
function makeRow(widest: number): Row {
  const label = make('th', { scope: 'row' });
  label.style.minWidth = `min(${Math.min(20, widest + 1)}ch, 40vw)`;
  const bar = make('div');
  const value = make('td');
  const element = make('tr', {}, label, make('td', { class: 'bar', 'aria-hidden': 'true' }, bar), value);
  return {
    element,
    set(name, text, from, to, isTop) {
      if (label.textContent !== name) label.textContent = name;
      value.textContent = text;
      bar.style.marginLeft = `${100 * from}%`;
      bar.style.width = `${100 * (to - from)}%`;
      element.classList.toggle('top', isTop);
    },
    clear() {
      value.textContent = '–';
      bar.style.width = bar.style.marginLeft = '0';
      element.classList.remove('top');
    },
  };
}

/** The indexes of the `count` largest values, the largest first. */
export function largest(values: Float32Array, count: number): number[] {
  const least = values.slice().sort()[Math.max(0, values.length - count)];
  return Array.from(values.keys())
    .filter((i) => values[i] >= least)
    .sort((a, b) => values[b] - values[a])
    .slice(0, count);
}

/** What a softmax gives: portions of a whole. */
export function arePortions(values: Float32Array): boolean {
  const sum = values.reduce((a, b) => a + b, 0);
  return values.length > 1 && values.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-3;
}

function formatOf(values: Float32Array): (value: number) => string {
  if (arePortions(values)) return (value) => `${(100 * value).toFixed(1)}%`;
  return (value) => {
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
    return size >= 1e3 ? value.toFixed(1) : value.toFixed(3);
  };
}

/** What the whole width of the bars stands for; 0 is in it. */
function scaleOf(values: Float32Array): [low: number, high: number] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [finite.reduce((a, b) => Math.min(a, b), 0), finite.reduce((a, b) => Math.max(a, b), 0)];
  // Portions and probabilities have a scale of their own.
  return low >= 0 && high <= 1 ? [0, 1] : [low, high];
}
