import { readGraph } from './graph/readGraph.js';
import { UnsupportedLayerError } from './graph/UnsupportedLayerError.js';
import { allLayers } from './lower/allLayers.js';
import { basicLayers } from './lower/basicLayers.js';
import { lowerGraph } from './lower/lowerGraph.js';
import type { Abilities } from './makeLoader.js';
import { optimize } from './passes/optimize.js';
import { all, dense } from './program/binaries.js';
import { instantiate } from './program/instantiate.js';
import { Program } from './program/Program.js';
import { sizeOf, type Value } from './program/Value.js';
import { readSource, type Source } from './readSource.js';

/** Numbers in memory. */
export interface Place {
  address: number;
  length: number;
}

/**
 * A model for inputs of one shape each, as the memory that its kernels start with. It runs without the code that reads and plans: write
 * the inputs, call the module's `run(program)`, which returns 0, and read the outputs.
 */
export interface Frozen {
  /** A WebAssembly module, compressed (zlib) and in base64, which imports its memory as env.memory. */
  module: string;
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
 * @throws What loadModel throws; UnsupportedLayerError for shapes that a layer cannot take.
 */
export async function freeze(source: Source, shapes: number[][]): Promise<Frozen> {
  try {
    return await freezeWith({ lowerings: basicLayers, binary: dense, prepare: optimize }, source, shapes);
  } catch (error) {
    if (!(error instanceof UnsupportedLayerError)) throw error;
    return await freezeWith({ lowerings: allLayers, binary: all, prepare: optimize }, source, shapes);
  }
}

async function freezeWith(
  { lowerings, binary, prepare }: Abilities,
  source: Source,
  shapes: number[][],
): Promise<Frozen> {
  const graph = prepare(readGraph(await readSource(source, {})));
  const { builder, inputs, outputs } = lowerGraph(graph, shapes, lowerings);
  const instance = await instantiate(binary);
  const program = new Program(instance, builder, inputs, outputs, Object.keys(outputs));
  const { buffer } = instance.memory.memory;
  const bytes = new Uint8Array(buffer);
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return {
    module: binary,
    memory: bytes.slice(0, end),
    pages: buffer.byteLength / 65_536,
    program: program.start,
    inputs: inputs.map(placeOf),
    outputs: outputs.map(placeOf),
  };
}

function placeOf({ buffer, offset, shape }: Value): Place {
  return { address: buffer.address + offset, length: sizeOf(shape) };
}
