import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as core from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';

/** What is used of a graph model. */
interface GraphModel {
  inputs: { shape?: number[]; dtype: string }[];
  executeAsync(inputs: core.Tensor | core.Tensor[]): Promise<core.Tensor | core.Tensor[]>;
  dispose(): void;
}

/** What the union package @tensorflow/tfjs holds, of what is needed here. */
export type Tfjs = typeof core & typeof layers & { loadGraphModel(handler: core.io.IOHandler): Promise<GraphModel> };

/** The user's tfjs: resolved from the folder the command runs in, then from here. */
const requires = [createRequire(join(process.cwd(), 'noop.js')), createRequire(import.meta.url)];

/** A package of the user, if it is installed. */
export function load(name: string): unknown {
  for (const each of requires) {
    try {
      return each(name);
    } catch (error) {
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

/** The user's tfjs, if it is installed. */
export function findTfjs(): Tfjs | undefined {
  const tf = load('@tensorflow/tfjs') as Tfjs | undefined;
  // No advertisement of tfjs-node between the results.
  tf?.env().set('PROD', true);
  return tf;
}

/** The user's tfjs; throws an Error that says what to install. */
export function loadTfjs(): Tfjs {
  const tf = findTfjs();
  if (!tf) throw new Error('this command needs TensorFlow.js: npm install @tensorflow/tfjs');
  return tf;
}

/** Loads the backends that are installed and returns their names, the fastest first. */
export function loadBackends(): string[] {
  const native = load('@tensorflow/tfjs-node') !== undefined;
  const wasm = load('@tensorflow/tfjs-backend-wasm') !== undefined;
  return [...(native ? ['tensorflow'] : []), ...(wasm ? ['wasm'] : []), 'cpu'];
}
