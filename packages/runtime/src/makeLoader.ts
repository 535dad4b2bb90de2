import type { Graph } from './graph/Graph.js';
import { readGraph } from './graph/readGraph.js';
import { Model } from './Model.js';
import type { Lowerings } from './program/Builder.js';
import { instantiate } from './program/instantiate.js';
import { type LoadOptions, readSource, type Source } from './readSource.js';

/** What an entry of the package can run. */
export interface Abilities {
  lowerings: Lowerings;
  /** A module of binaries.ts. */
  binary: string;
  /** Passes over the graph. */
  prepare: (graph: Graph) => Graph;
}

/** loadModel with some layers. */
export function makeLoader({ lowerings, binary, prepare }: Abilities) {
  return async (source: Source, options: LoadOptions = {}): Promise<Model> => {
    const { signal, onProgress, maxBytes } = options;
    checkOptions(options, 'loadModel');
    signal?.throwIfAborted();
    const artifacts = await readSource(source, options);
    const graph = prepare(readGraph(artifacts));
    const model = new Model({ graph, lowerings, maxBytes, instance: await instantiate(binary) });
    signal?.throwIfAborted();
    onProgress?.(1);
    return model;
  };
}

/** @throws Error for an option that does not exist or is out of range. */
export function checkOptions(options: LoadOptions, owner: string): void {
  const known = ['signal', 'onProgress', 'maxBytes', 'name'];
  for (const key in options) {
    if (!known.includes(key)) throw new Error(`${owner}: expected the options ${known.join(', ')}, received '${key}'.`);
  }
  const { maxBytes = 1 } = options;
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    throw new Error(`${owner}: maxBytes: expected a whole number > 0, received ${JSON.stringify(maxBytes)}.`);
  }
}
