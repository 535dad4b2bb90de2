import { DenseModel } from './dense/DenseModel.js';
import { readChain } from './dense/readChain.js';
import { readGraph } from './graph/readGraph.js';
import { UnsupportedLayerError } from './graph/UnsupportedLayerError.js';
import { allLayers } from './lower/allLayers.js';
import { lowerGraph } from './lower/lowerGraph.js';
import { optimize } from './passes/optimize.js';
import { all, dense } from './program/binaries.js';
import { binaryOf } from './program/binaryOf.js';
import { instantiate } from './program/instantiate.js';
import { loadKernels } from './program/loadKernels.js';
import { Program } from './program/Program.js';
import { sizeOf, type Value } from './program/Value.js';
import { type Artifacts, readSource, type Source } from './readSource.js';

/** Numbers in memory. */
export interface Place {
  address: number;
  length: number;
}

/**
 * A model for inputs of one shape each, as the memory that its kernels start with. It
 * runs without the code that reads and plans: write the inputs, call the module's
 * `run(program)`, which returns 0, and read the outputs.
 */
export interface Frozen {
  /** A WebAssembly module, which imports its memory as env.memory. */
  module: Uint8Array<ArrayBuffer>;
  /** What the memory begins with; the rest of its `pages` is 0. */
  memory: Uint8Array;
  pages: number;
  program: number;
  inputs: Place[];
  outputs: Place[];
}

/**
 * @param source A model, as loadModel takes it.
 * @param shapes Of the inputs, the batch included.
 * @throws What loadModel throws; UnsupportedLayerError for shapes that a layer cannot
 *   take.
 */
export async function freeze(source: Source, shapes: number[][]): Promise<Frozen> {
  const artifacts = await readSource(source, {});
  try {
    return await freezeChain(artifacts, sizeOf(shapes[0]));
  } catch (error) {
    if (!(error instanceof UnsupportedLayerError)) throw error;
    return await freezeGraph(artifacts, shapes);
  }
}

/** With the smaller module. */
async function freezeChain(artifacts: Artifacts, count: number): Promise<Frozen> {
  const chain = readChain(artifacts);
  const kernels = await loadKernels(dense);
  // biome-ignore lint/complexity/useLiteralKeys: the method is private.
  const { program, input, output, size } = new DenseModel(chain, kernels)['plan'](count, kernels.memory);
  const places = { inputs: [{ address: input, length: count }], outputs: [{ address: output, length: size }] };
  return { module: binaryOf(dense), ...contentOf(kernels.memory), program, ...places };
}

async function freezeGraph(artifacts: Artifacts, shapes: number[][]): Promise<Frozen> {
  const { builder, inputs, outputs } = lowerGraph(optimize(readGraph(artifacts)), shapes, allLayers);
  const instance = await instantiate(all);
  const { start: program } = new Program(instance, builder, inputs, outputs, Object.keys(outputs));
  const places = { inputs: inputs.map(placeOf), outputs: outputs.map(placeOf) };
  return { module: binaryOf(all), ...contentOf(instance.memory.memory), program, ...places };
}

function contentOf({ buffer }: WebAssembly.Memory): { memory: Uint8Array; pages: number } {
  const bytes = new Uint8Array(buffer);
  return { memory: bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1), pages: bytes.length / 65_536 };
}

function placeOf({ buffer, offset, shape }: Value): Place {
  return { address: buffer.address + offset, length: sizeOf(shape) };
}
