import type { Frozen } from '@tfjs-compress/runtime/internal';
import type { FrozenPlan } from './PageConfig.js';

/** What computes in a page. */
export interface Engine {
  /** The model, and what else goes with it in one piece. */
  payload: Uint8Array;
  /** A script that the page's own needs before it. */
  script: string;
  plan: FrozenPlan | null;
  bytes: { model: number; runtime: number };
}

/** The compressed file and the runtime, which reads it. */
export async function fileEngine(file: Uint8Array, runtime: string): Promise<Engine> {
  return {
    payload: file,
    script: runtime,
    plan: null,
    bytes: { model: file.length, runtime: (await deflated(runtime)).length },
  };
}

/**
 * The kernels and the memory they start with: without the code that reads a file, plans
 * and compiles, which is most of the runtime. Of small models that is less, though their
 * weights take more bytes than in the file.
 */
export async function frozenEngine({ module: kernels, memory, ...rest }: Frozen): Promise<Engine> {
  const planes = bytePlanes(memory);
  const [payload, model, runtime] = await Promise.all([deflated(kernels, planes), deflated(planes), deflated(kernels)]);
  return {
    payload,
    script: '',
    plan: { ...rest, module: kernels.length },
    bytes: { model: model.length, runtime: runtime.length },
  };
}

/** The parts in one piece, deflated, without header or checksum. */
export async function deflated(...parts: (string | Uint8Array)[]): Promise<Uint8Array> {
  // Not every Node 20 has 'deflate-raw', so zlib's header and checksum are cut off here.
  const stream = new Blob(parts as BlobPart[]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer()).subarray(2, -4);
}

/**
 * The first bytes of all 32-bit words, then the second bytes …: like stands beside like,
 * which takes a tenth off when compressed.
 */
function bytePlanes(bytes: Uint8Array): Uint8Array {
  const words = Math.ceil(bytes.length / 4);
  return Uint8Array.from({ length: 4 * words }, (_, i) => bytes[4 * (i % words) + Math.floor(i / words)] ?? 0);
}
