import { make } from '../parts.js';

/**
 * One model's answer: the digit, a bar for each of the ten, and what it takes to get it.
 */
export class AnswerCard {
  readonly #answer = make('p', { class: 'answer none' }, '–');
  readonly #rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = make('i');
    const value = make('span', {}, '');
    const row = make('li', {}, make('span', {}, String(digit)), make('span', { class: 'track' }, bar), value);
    return { row, bar, value };
  });
  readonly #facts: Record<string, Text> = {};

  constructor(element: HTMLElement, title: string, note: string, facts: string[]) {
    const list = make('dl', { class: 'facts' });
    for (const name of facts) {
      this.#facts[name] = document.createTextNode('–');
      list.append(make('dt', {}, name), make('dd', {}, this.#facts[name]));
    }
    // The answer is read aloud by the section, once the hand rests.
    const bars = make(
      'ol',
      { class: 'digit-bars', 'aria-label': 'Probabilities' },
      ...this.#rows.map(({ row }) => row),
    );
    element.append(make('h3', {}, title), make('p', { class: 'note' }, note), this.#answer, bars, list);
  }

  /** The likeliest digit, or −1 for none. */
  show(probabilities: Float32Array | null): number {
    const top = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    this.#answer.textContent = top < 0 ? '–' : String(top);
    this.#answer.classList.toggle('none', top < 0);
    this.#rows.forEach(({ row, bar, value }, digit) => {
      const share = probabilities?.[digit] ?? 0;
      bar.style.width = `${100 * share}%`;
      value.textContent = probabilities ? `${Math.round(100 * share)}%` : '';
      row.classList.toggle('top', digit === top);
    });
    return top;
  }

  fact(name: string, text: string): void {
    this.#facts[name].data = text;
  }
}
