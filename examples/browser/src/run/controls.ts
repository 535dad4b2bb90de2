import { aboutSeconds } from '../format.js';
import { type BackendName, backendNames } from '../messages.js';
import { byId, make } from '../parts.js';
import { totalEpochs } from '../training/plan.js';
import type { Runner, RunState, RunView } from './Runner.js';

const words: Record<RunState, string> = {
  idle: 'Start training',
  kept: 'Go on',
  starting: 'Starting …',
  running: 'Pause',
  paused: 'Resume',
  stopping: 'Stopping …',
  done: 'Train again',
  failed: 'Try again',
};

/** The buttons, the choice of the backend, and what is said about the run. */
export function controls(runner: Runner): void {
  const [main, begin, stop, over] = ['main-button', 'begin', 'stop-button', 'over-button'].map(
    (id) => byId(id) as HTMLButtonElement,
  );
  const backend = byId('backend') as HTMLSelectElement;
  for (const [value, name] of Object.entries(backendNames)) {
    const isThere = value !== 'webgpu' || 'gpu' in navigator;
    backend.append(make('option', { value, disabled: !isThere }, isThere ? name : `${name} (not here)`));
  }
  const act = () => {
    if (runner.view.state === 'running') runner.pause();
    else if (runner.view.state === 'paused') runner.resume();
    else runner.start(backend.value as BackendName);
  };
  main.addEventListener('click', act);
  begin.addEventListener('click', () => {
    if (!runner.isBusy) act();
    // Where one sees what was started.
    byId('run').scrollIntoView();
    main.focus({ preventScroll: true });
  });
  stop.addEventListener('click', () => {
    runner.stop();
    main.focus();
  });
  over.addEventListener('click', () => {
    runner.startOver();
    main.focus();
  });
  const [time, state, problem] = ['time', 'state', 'problem'].map(byId);
  runner.listen((view) => {
    setText(main, words[view.state]);
    setText(begin, view.state === 'idle' ? words.idle : view.state === 'kept' ? words.kept : 'See the training');
    // Not disabled, which would lose the focus: a click has no effect for a moment.
    main.setAttribute('aria-disabled', String(view.state === 'starting' || view.state === 'stopping'));
    stop.disabled = !['starting', 'running', 'paused'].includes(view.state);
    over.disabled = !['kept', 'done', 'failed'].includes(view.state);
    backend.disabled = runner.isBusy || view.state === 'kept';
    if (view.state !== 'idle' && view.state !== 'failed') backend.value = view.backend;
    setText(time, timeOf(view));
    setText(state, stateOf(view));
    setText(problem, view.problem);
  });
}

function timeOf({ state, secondsLeft, seconds }: RunView): string {
  if (state === 'done') return `Took ${aboutSeconds(seconds)}`;
  if (state === 'paused') return 'Paused';
  if (state === 'starting') return 'Loading the images …';
  if (state !== 'running') return '';
  return secondsLeft === null ? 'Estimating the time …' : `About ${aboutSeconds(secondsLeft)} left`;
}

/** Changes with what the user should know, not with every step: it is read aloud. */
function stateOf({ state, points, plan, stage, notice, test }: RunView): string {
  const at = `${points.length} of ${totalEpochs(plan)} epochs`;
  const doing = { train: 'Training the network.', prune: 'Pruning it.', round: 'Rounding its weights.' };
  const text: Record<RunState, string> = {
    idle: 'It takes one to two minutes on a laptop.',
    kept: `Stopped after ${at}. It can go on from there, also after a reload.`,
    starting: '',
    running: stage ? doing[stage] : '',
    paused: 'Paused: the processor is free.',
    stopping: '',
    done: test ? `Done. Draw a digit below: the file answers.` : '',
    failed: '',
  };
  return [text[state], notice].filter(Boolean).join(' ');
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
