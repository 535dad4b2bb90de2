import { kilobytes, percent } from '../format.js';
import { byId, make } from '../parts.js';
import type { Runner, RunView } from './Runner.js';

interface Tile {
  name: string;
  value(view: RunView): string;
  more(view: RunView): string;
}

const last = ({ points }: RunView) => points[points.length - 1];

/** Bytes of all parameters in float32, biases included. */
export const floatBytes = 4 * 80_202;

const tiles: Tile[] = [
  {
    name: 'Right answers',
    value: (view) => percent(view.test?.small ?? last(view).accuracy),
    more: ({ test }) =>
      test ? `of ${test.count.toLocaleString('en-US')} tests; before: ${percent(test.float)}` : 'of 500 held back',
  },
  { name: 'Weights pruned', value: (view) => percent(last(view).zeros), more: () => 'are 0 now' },
  {
    name: 'Powers of two',
    value: (view) => percent(last(view).onLevels / Math.max(1e-9, 1 - last(view).zeros)),
    more: () => 'of the weights left',
  },
  {
    name: 'File',
    value: (view) => kilobytes(last(view).bytes),
    more: (view) => `${Math.round(floatBytes / last(view).bytes)} times smaller than ${kilobytes(floatBytes)}`,
  },
];

/** The figures of this moment. */
export function runTiles(runner: Runner): void {
  const shown = tiles.map(({ name, value, more }) => {
    const number = document.createTextNode('–');
    const small = make('small', {}, '');
    byId('tiles').append(make('div', {}, make('dt', {}, name), make('dd', {}, number, small)));
    return { number, small, value, more };
  });
  runner.listen((view) => {
    for (const { number, small, value, more } of shown) {
      number.data = last(view) ? value(view) : '–';
      small.textContent = last(view) ? more(view) : '';
    }
  });
}
