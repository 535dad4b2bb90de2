import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { artifactsOf, stripArtifacts } from '@tfjs-compress/format/internal';
import { type Command, Option } from 'commander';
import { isGraphModel } from '../model/graphKernels.js';
import type { CompressOnceOptions } from '../once/onceArgs.js';
import { valueRanges } from '../page/PageConfig.js';
import { wholeFrom } from './arguments.js';
import { loadBackends, loadTfjs } from './backend.js';
import { firstLine } from './positions.js';
import { makeProgress } from './progress.js';
import { type ExampleOptions, readExamples } from './readExamples.js';
import type { Transformed } from './transform.js';

/** What a command is told of examples; without `examples` it works without. */
export interface OnceOptions extends ExampleOptions {
  examples?: string;
}

/** @throws Error when only what is said of examples is there. */
export function hasExamples(given: OnceOptions): given is OnceOptions & { examples: string } {
  if (given.range && given.examples === undefined) throw new Error('--range needs --examples.');
  return given.examples !== undefined;
}

/** The options with which prune and quantize compress by examples. */
export function addExamples(command: Command): Command {
  return command
    .option('--examples <path>', 'inputs that tell which weights matter: a folder of images, or .npy or .json')
    .addOption(
      new Option('--range <range>', 'what black and white are to the model, default: a guess').choices(
        Object.keys(valueRanges),
      ),
    )
    .option('--at-most <n>', 'how many files of a folder to take', wholeFrom(1, 100_000), 500);
}

/** Compresses the model with examples, by compressOnce. */
export async function once(
  artifacts: io.ModelArtifacts,
  given: OnceOptions & { examples: string },
  goal: CompressOnceOptions,
): Promise<Transformed> {
  if (isGraphModel(artifacts))
    throw new Error('examples need a layers model, this is a graph model: its layers cannot be run one by one.');
  const tf = loadTfjs();
  await tf.setBackend(loadBackends()[0]);
  await tf.ready();
  // Not before they are needed: the other commands work without TensorFlow.js.
  const { compressOnce } = await import('../once/compressOnce.js');
  const { warn } = console;
  // What tfjs says to the model's author; what compressOnce says is in its notes.
  console.warn = () => {};
  try {
    let model: LayersModel;
    try {
      model = await tf.loadLayersModel({ load: async () => stripArtifacts(artifacts) });
    } catch (error) {
      throw new Error(`tfjs cannot load the model: ${firstLine(error)}`);
    }
    const inputs = await readExamples(tf, given.examples, model, artifacts.modelTopology, given);
    const onProgress = makeProgress('compressing');
    const { model: small, notes } = await compressOnce(model, inputs.tensors, { ...goal, onProgress });
    const saved = await artifactsOf(small);
    const { findSites } = await import('@tfjs-compress/layers/internal');
    const kernels = findSites(small).flatMap(({ role, path }) => (role === 'kernel' ? [path] : []));
    tf.dispose(inputs.tensors);
    for (const each of [model, small]) each.dispose();
    const userDefinedMetadata = { ...artifacts.userDefinedMetadata, ...saved.userDefinedMetadata };
    const hasMetadata = Object.keys(userDefinedMetadata).length > 0;
    return {
      artifacts: { ...saved, ...(hasMetadata ? { userDefinedMetadata } : {}) },
      kernels,
      notes: [...inputs.notes, ...notes],
    };
  } finally {
    console.warn = warn;
  }
}
