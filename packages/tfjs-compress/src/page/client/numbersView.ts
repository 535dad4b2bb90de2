import type { NumbersInput } from '../PageConfig.js';
import { make, uniqueId } from './dom.js';
import type { InputView } from './InputView.js';
import { parseNumbers } from './parseNumbers.js';

/** More than these are typed into one text. */
const mostFields = 64;

export function numbersView({ count }: NumbersInput, onChange: () => void): InputView {
  return count !== null && count <= mostFields ? fields(count, onChange) : oneText(count, onChange);
}

function fields(count: number, onChange: () => void): InputView {
  const inputs = Array.from({ length: count }, () => make('input', { type: 'number', step: 'any', value: 0 }));
  const element = make('div', { class: 'numbers' }, ...inputs.map((input, i) => make('label', {}, `${i}`, input)));
  element.addEventListener('input', onChange);
  // A list that is pasted into one field goes into all.
  element.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text') ?? '';
    try {
      const values = parseNumbers(text, count);
      if (count < 2) return;
      inputs.forEach((input, i) => {
        // As it was typed: 0.1, not its nearest float32.
        input.value = String(Number(values[i].toPrecision(8)));
      });
    } catch {
      return;
    }
    event.preventDefault();
    onChange();
  });
  const read = () =>
    Float32Array.from(inputs, (input, i) => {
      if (Number.isNaN(input.valueAsNumber)) throw new Error(`Number ${i} is missing.`);
      return input.valueAsNumber;
    });
  return { element, read };
}

function oneText(count: number | null, onChange: () => void): InputView {
  const [id, hint] = [uniqueId(), uniqueId()];
  const zeros = Array(count ?? 0)
    .fill(0)
    .join(', ');
  const text = make('textarea', { id, rows: 6, spellcheck: 'false', 'aria-describedby': hint }, zeros);
  const element = make(
    'div',
    {},
    make('label', { for: id }, count === null ? 'Numbers' : `${count.toLocaleString('en-US')} numbers`),
    text,
    make('p', { id: hint, class: 'hint' }, 'Separated by commas, spaces or lines, or as JSON.'),
  );
  text.addEventListener('input', onChange);
  const read = () => {
    // There is no number of numbers to begin with.
    if (count === null && text.value.trim() === '') return undefined;
    try {
      const values = parseNumbers(text.value, count);
      text.removeAttribute('aria-invalid');
      return values;
    } catch (error) {
      text.setAttribute('aria-invalid', 'true');
      throw error;
    }
  };
  return { element, read };
}
