import { byId, make } from '../parts.js';
import { stageNames } from '../training/plan.js';
import type { Runner } from './Runner.js';

const explained = {
  train: ['Train', 'Learns the digits, in float32.'],
  prune: ['Prune', 'Weights that matter least become 0.'],
  round: ['Round', 'The others become powers of two.'],
} as const;

/** The three stages with a bar each. */
export function stages(runner: Runner): void {
  const items = stageNames.map((name) => {
    const [title, what] = explained[name];
    const bar = make('progress', { max: 1, value: 0, 'aria-label': title });
    const item = make('li', { class: name }, bar, make('b', {}, title), make('span', { class: 'what' }, what));
    byId('stages').append(item);
    return { name, bar, item };
  });
  runner.listen(({ plan, fraction, stage, state }) => {
    const total = plan.stages.reduce((sum, { epochs }) => sum + epochs, 0);
    let before = 0;
    for (const [i, { name, bar, item }] of items.entries()) {
      const own = plan.stages[i].epochs / total;
      bar.value = Math.min(1, Math.max(0, (fraction - before) / own));
      before += own;
      if (name === stage && state !== 'done') item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
  });
}
