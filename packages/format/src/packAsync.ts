import type { io } from '@tensorflow/tfjs-core';
import { type PackOptions, packing } from './pack.js';

/** How long packing goes on before the page has its turn, in milliseconds. */
const turn = 12;

/**
 * pack() for a page that must not stand still: between the steps of packing, a tenth of a second at most for most models, the page can
 * draw and answer; `onProgress` says how far it has come. The artifacts are not to be changed meanwhile.
 */
export async function packAsync(
  artifacts: io.ModelArtifacts,
  options: PackOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const steps = packing(artifacts, options);
  for (let since = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < turn) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
}
