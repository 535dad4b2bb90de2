import type { io } from '@tensorflow/tfjs-core';
import { checkKnownOptions, checkSignal } from '@tfjs-compress/math/internal';
import { type PackOptions, packing, packOptionNames } from './pack.js';

export interface PackAsyncOptions extends PackOptions {
  /**
   * For a stop button: when it is aborted, the promise is rejected with its reason at the
   * next step. Default none.
   */
  signal?: AbortSignal;
}

/** How long packing goes on before the page has its turn, in milliseconds. */
const turn = 12;

/**
 * pack() for a page that must not stand still: between the steps of packing, a tenth of a
 * second at most for most models, the page can draw and answer; `onProgress` says how far
 * it has come, `signal` ends it. The artifacts are not to be changed meanwhile.
 *
 * @example
 * ```js
 * await model.save(tf.io.withSaveHandler(async (artifacts) => {
 *   const bytes = await packAsync(artifacts, { onProgress: (fraction) => console.log(fraction) });
 *   return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' }, sizeBytes: bytes.length };
 * }));
 * ```
 *
 * @throws What pack() throws, and the signal's reason.
 */
export async function packAsync(
  artifacts: io.ModelArtifacts,
  options: PackAsyncOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkKnownOptions(options, ['signal', ...packOptionNames], 'packAsync');
  const { signal, ...packOptions } = options;
  checkSignal(signal);
  const steps = packing(artifacts, packOptions);
  for (let since = performance.now(); ; ) {
    signal?.throwIfAborted();
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < turn) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
}
