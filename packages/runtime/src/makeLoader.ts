import type { Graph } from './graph/Graph.js';
import { readGraph } from './graph/readGraph.js';
import { Model } from './Model.js';
import type { Lowerings } from './program/Builder.js';
import { instantiate } from './program/instantiate.js';
import { checkOptions, type LoadOptions, readSource, type Source } from './readSource.js';

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
    checkOptions(options);
    signal?.throwIfAborted();
    const artifacts = await readSource(source, options);
    const graph = prepare(readGraph(artifacts));
    const model = new Model({ graph, lowerings, maxBytes, instance: await instantiate(binary) });
    signal?.throwIfAborted();
    onProgress?.(1);
    return model;
  };
}
