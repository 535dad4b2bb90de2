import { loadModel, type Model } from '@tfjs-compress/runtime';
import { kilobytes } from '../format.js';
import { byId, centerByMass, drawingPad, formatTime, make, medianTimer, planesOn } from '../parts.js';
import type { Runner } from '../run/Runner.js';
import { floatBytes } from '../run/tiles.js';
import { AnswerCard } from './AnswerCard.js';
import type { CodeSizes } from './codeSizes.js';

const size = { height: 28, width: 28 };
/** After so long without a line the times are measured and the answer is read aloud. */
const restMs = 400;
const names = { code: 'Code, gzipped', model: 'Model', time: 'One prediction' };

/** The pad, and beside it what the file and the float model answer. */
export function drawSection(runner: Runner, sizes: Promise<CodeSizes | null>): void {
  const small = new AnswerCard(byId('small'), 'After', 'the .tfz, in the runtime', Object.values(names));
  const large = new AnswerCard(byId('large'), 'Before', 'float32, in TensorFlow.js', Object.values(names));
  const spoken = make('p', { class: 'sr', role: 'status' });
  const clear = make('button', { type: 'button' }, 'Clear');
  let image: Float32Array | null = null;
  let model: Model | undefined;
  let shownFile: Uint8Array | null = null;
  let frame = 0;
  let rest = 0;
  let isAsking = false;
  let askAgain: 'show' | 'measure' | undefined;

  const pad = drawingPad(
    size,
    () => changed(true),
    () => changed(false),
  );
  clear.addEventListener('click', () => pad.clear());
  byId('pad').append(pad.element, make('div', { class: 'actions' }, clear), pad.keys, spoken);

  function changed(isDrawn: boolean): void {
    image = isDrawn ? (image ?? new Float32Array()) : null;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      // Only here: a finger draws several lines a frame.
      if (image) image = centerByMass(planesOn(pad.context, 1)[0], size);
      answer();
    });
  }

  function answer(): void {
    const digit = small.show(image && model ? (model.predict(image) as Float32Array) : null);
    if (image) ask('show');
    else large.show(null);
    clearTimeout(rest);
    rest = window.setTimeout(() => {
      spoken.textContent = digit < 0 ? '' : `The file answers ${digit}.`;
      if (!image) return;
      measure();
      ask('measure');
    }, restMs);
  }

  const time = medianTimer(() => model!.predict(image!));
  function measure(): void {
    if (model) small.fact(names.time, formatTime(time()));
  }

  /**
   * One question at a time: answers that come late are of no use while the hand moves.
   */
  function ask(what: 'show' | 'measure'): void {
    if (!runner.view.canAnswer || !image) return;
    if (isAsking) {
      askAgain = what;
      return;
    }
    isAsking = true;
    runner.predict(image, what === 'measure');
  }

  runner.onAnswer = ({ probabilities, ms }) => {
    isAsking = false;
    large.show(image && probabilities);
    if (ms !== null) large.fact(names.time, formatTime(ms));
    const next = askAgain;
    askAgain = undefined;
    if (next) ask(next);
  };

  sizes.then((built) => {
    small.fact(names.code, built ? kilobytes(built.runtime) : '–');
    large.fact(names.code, built ? kilobytes(built.tfjs) : '–');
  });
  large.fact(names.model, kilobytes(floatBytes));

  let canAnswer = false;
  runner.listen((view, change) => {
    const { file, state } = view;
    byId('draw-intro').textContent = introOf(Boolean(file), state === 'done');
    if (view.canAnswer !== canAnswer) {
      canAnswer = view.canAnswer;
      // A worker that was ended leaves its question open.
      isAsking = false;
      if (canAnswer) ask('measure');
      else large.show(null);
    }
    if (change === 'done' && image) ask('measure');
    if (file === shownFile) return;
    shownFile = file;
    small.fact(names.model, file ? kilobytes(file.length) : '–');
    useFile(file);
  });

  async function useFile(file: Uint8Array | null): Promise<void> {
    // What a browser has kept may be damaged: then there is nothing to answer with.
    const next = file?.length ? await loadModel(file).catch(() => undefined) : undefined;
    // Another epoch may have ended meanwhile.
    if (file !== shownFile) return next?.dispose();
    model?.dispose();
    model = next;
    answer();
  }
}

function introOf(hasFile: boolean, isDone: boolean): string {
  const how = 'Draw with the mouse, a finger or the keyboard.';
  if (isDone) return `${how} Both answer while you draw.`;
  return hasFile
    ? `${how} The file of the latest epoch answers.`
    : 'After the first epoch of the training the network answers here.';
}
