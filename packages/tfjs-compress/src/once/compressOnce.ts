import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkFinite, checkModel, findSites, type Site, select } from '@tfjs-compress/layers/internal';
import { check } from '@tfjs-compress/math/internal';
import { agreement, outputsOf } from './agreement.js';
import { disposeModel } from './disposeModel.js';
import type { Levels } from './grids.js';
import { type CompressOnceOptions, checkExamples, checkOnceArgs, type Examples } from './onceArgs.js';
import { part } from './part.js';
import { runChecked } from './runChecked.js';
import { type Goal, type RunOptions, runOnce } from './runOnce.js';
import { Turns } from './turns.js';

export interface CompressedOnce {
  /** A stock model, not compiled. Dispose of it when it is not needed any longer. */
  model: LayersModel;
  bits?: number;
  levels?: Levels;
  sparsity?: number;
  /** With maxLoss: by how much the score is lower than that of the given model. */
  loss?: number;
  /** What there is to be known about single layers and the examples, as sentences. */
  notes: string[];
}

/** From the smallest file to the largest. */
const candidates: { levels: Levels; bits: number }[] = [
  { levels: 'powerOfTwo', bits: 3 },
  { levels: 'powerOfTwo', bits: 4 },
  { levels: 'powerOfTwo', bits: 5 },
  { levels: 'uniform', bits: 6 },
  { levels: 'uniform', bits: 8 },
];

/**
 * Compresses a finished model with some examples of its inputs, without labels and
 * without training: layer by layer, each weight that is rounded or pruned is made up for
 * by those of its layer that are left, by second order information of the layer's inputs
 * (Optimal Brain Surgeon as in OBC, arXiv:2208.11580, and GPTQ, arXiv:2210.17323). A
 * layer is fitted to what it computes in the given model, with inputs as the compressed
 * layers before it make them (GPTAQ, arXiv:2504.02692). Where its output is added to
 * others, it is fitted to the sum. So much of such a change is made as serves the half of
 * the examples that it was not made of. Weights that are 0 stay 0. Then biases are
 * corrected on the same examples, and batch normalization by least squares. The result
 * can be trained further: where batch normalization has a scale and a shift, its moving
 * averages are those of the compressed layers.
 *
 * Some hundred examples of what the model is used on are enough; they must be scaled as
 * for predict. With fewer than 100 it is compressed with each half, too, and judged by
 * the other; where that is likely to be nearer to the given model on other inputs, each
 * weight is rounded or pruned by itself, and the notes say so.
 *
 * Levels have a scale for each output channel where batch normalization follows, which
 * takes it up, else one for the kernel: so the file has few distinct values.
 *
 * Memory: the examples, two copies of the model (six below 100 examples), nine times the
 * square of the largest number of inputs of a layer (up to 2,048) in float64, at most
 * 1 GB of activations that are kept (512 MB on each side of the layer), and those of a
 * batch. The page is given its turn after each batch and about every 12 ms of other work.
 * The given model is not changed.
 *
 * @param model A layers model. Our own layers become stock ones.
 * @param examples Inputs, as for predict, the examples along the first axis.
 * @returns The compressed model.
 * @throws ArgumentError or Error before anything is computed, when the options or
 *   examples do not fit, or nothing in the model can be compressed.
 * @example
 * ```js
 * const { model: small } = await compressOnce(model, x, { bits: 5 });
 * await small.save(compressed('file://small.tfz'));
 * ```
 */
export async function compressOnce(
  model: LayersModel,
  examples: Examples,
  options: CompressOnceOptions,
): Promise<CompressedOnce> {
  checkModel(model);
  const { goal, maxLoss, evaluate, batchSize = 32, signal, onProgress, ...selection } = checkOnceArgs(options);
  const selected = (sites: Site[]) => {
    const kernels = sites.filter(({ role }) => role === 'kernel');
    const { include, exclude, overrides } = selection;
    return select(kernels, { include, exclude, overrides }, ['bits']);
  };
  const sites = findSites(model);
  check(
    sites.some(({ role }) => role === 'kernel'),
    'model',
    'one with kernels that can be compressed',
    'one without',
  );
  selected(sites);
  const tensors = await checkExamples(model, examples);
  for (const { path, variable } of sites) checkFinite(await variable.read().data<'float32'>(), path);
  signal?.throwIfAborted();
  const notes: string[] = [];
  if (tensors[0].shape[0] === 1) {
    notes.push(
      'There is one example only: the weights are fitted to it, and what other inputs need may be lost. Some hundred are better.',
    );
    console.warn(`compressOnce(): ${notes[0]}`);
  }
  const run: RunOptions = {
    select: selected,
    batchSize: model.inputs[0].shape[0] ?? batchSize,
    turns: new Turns(signal),
    onProgress,
  };
  if (goal) {
    const result = await runChecked(model, tensors, goal, run);
    return { model: result.model, ...goal, notes: [...notes, ...result.notes] };
  }
  const found = await smallest(model, tensors, { maxLoss: maxLoss!, evaluate }, run);
  return { ...found, notes: [...notes, ...found.notes] };
}

/**
 * The first candidate whose loss is small enough; the last one, with a note, where none
 * is.
 */
async function smallest(
  model: LayersModel,
  tensors: tf.Tensor[],
  { maxLoss, evaluate }: { maxLoss: number; evaluate?: CompressOnceOptions['evaluate'] },
  run: RunOptions,
): Promise<CompressedOnce> {
  const [used, held] = evaluate ? [tensors, []] : parted(tensors);
  const wanted = evaluate ? [] : outputsOf(model, held, run.batchSize);
  try {
    const score = evaluate ?? ((each: LayersModel) => agreement(each, held, wanted, run.batchSize));
    const full = await score(model);
    check(Number.isFinite(full), 'evaluate', 'a function that gives a number', full);
    for (const [i, goal] of candidates.entries()) {
      const onProgress = run.onProgress && ((done: number) => run.onProgress!((i + done) / candidates.length));
      const result = await runOnce(model, used, goal, { ...run, onProgress });
      const loss = full - (await scoreOrDispose(result.model, score));
      const isLast = i === candidates.length - 1;
      if (loss <= maxLoss || isLast) {
        const missed = loss <= maxLoss ? [] : [`No levels lose at most ${maxLoss}: these lose ${loss}.`];
        run.onProgress?.(1);
        return { model: result.model, ...(goal as Goal), loss, notes: [...result.notes, ...missed] };
      }
      disposeModel(result.model);
    }
    throw new Error('There are no candidates.');
  } finally {
    tf.dispose(wanted);
    if (!evaluate) tf.dispose([used, held]);
  }
}

async function scoreOrDispose(
  model: LayersModel,
  score: NonNullable<CompressOnceOptions['evaluate']>,
): Promise<number> {
  try {
    return await score(model);
  } catch (error) {
    disposeModel(model);
    throw error;
  }
}

/**
 * Four fifths to compress with and one to judge by; all for both where there are fewer
 * than ten.
 */
function parted(tensors: tf.Tensor[]): [tf.Tensor[], tf.Tensor[]] {
  const count = tensors[0].shape[0];
  const isFew = count < 10;
  const held = isFew ? 0 : Math.floor(count / 5);
  return [part(tensors, 0, count - held), isFew ? part(tensors, 0, count) : part(tensors, count - held, held)];
}
