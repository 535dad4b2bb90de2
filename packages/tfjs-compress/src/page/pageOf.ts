import type { io } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tfjs-compress/runtime';
import { describeInput, likelyRange } from './describe.js';
import { fileEngine, frozenEngine } from './engines.js';
import { makePage, type Page } from './makePage.js';
import type { PageOutput, ValueRange } from './PageConfig.js';

/**
 * Bytes of a file up to which a page without the code that reads it is tried: beyond,
 * that code is a small part of the page.
 */
const largestFrozen = 2 ** 18;

export interface PageRequest {
  /** What error messages call the model. */
  name: string;
  title: string;
  /** The .tfz file. */
  file: Uint8Array;
  topology: io.ModelArtifacts['modelTopology'];
  /** Names of the outputs' values. Default: their indexes. */
  labels?: (outputs: readonly TensorInfo[]) => PageOutput[];
  /** Default: a guess. */
  range?: ValueRange;
}

/**
 * The texts of the scripts that a page may hold: dist/page.iife.js, and the runtime's.
 */
export interface PageScripts {
  client: string;
  runtime(kind: 'all' | 'dense'): string;
}

/**
 * The smaller page of the two that run the model: one with its file and the runtime, one
 * with its memory and the kernels. In Node or in a browser.
 *
 * @throws Error for a model that the runtime cannot run.
 */
export async function pageOf(request: PageRequest, scripts: PageScripts): Promise<Page> {
  const { name: called, title, file, topology, labels, range } = request;
  const { kind, inputs: given, outputs } = await tryRuntime(called, file);
  const inputs = given.map((input) => describeInput(input, topology));
  const config = {
    inputs,
    outputs: labels?.(outputs) ?? outputs.map(({ name }) => ({ name, labels: null })),
    range: range ?? likelyRange(inputs, topology),
  };
  const { client } = scripts;
  const { freeze } = await import('@tfjs-compress/runtime/internal');
  const withFile = await makePage({ title, config, client, engine: await fileEngine(file, scripts.runtime(kind)) });
  const shapes = inputs.flatMap(({ shape }) => (shape ? [shape] : []));
  if (file.length > largestFrozen || shapes.length < inputs.length) return withFile;
  const frozen = await makePage({ title, config, client, engine: await frozenEngine(await freeze(file, shapes)) });
  return frozen.bytes.page < withFile.bytes.page ? frozen : withFile;
}

/** Whether the smaller runtime runs the model, and what the model takes and gives. */
async function tryRuntime(name: string, file: Uint8Array) {
  // Not before they are needed: the command line's other commands do not wait for them.
  const dense = await import('@tfjs-compress/runtime/dense');
  try {
    const { inputs, outputs } = await dense.loadModel(file);
    return { kind: 'dense' as const, inputs, outputs };
  } catch {
    // Layers that only the whole runtime has, or a reason that it gives, too.
  }
  const whole = await import('@tfjs-compress/runtime');
  try {
    const { inputs, outputs } = await whole.loadModel(file);
    return { kind: 'all' as const, inputs, outputs };
  } catch (error) {
    throw new Error(`${name}: the runtime cannot run this model: ${(error as Error).message}`);
  }
}
