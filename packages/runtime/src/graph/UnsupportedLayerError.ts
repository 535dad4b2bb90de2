/**
 * A layer that cannot be run, or a topology that makes no sense at it.
 *
 * ```js
 * try {
 *   await loadModel('model.tfz');
 * } catch (error) {
 *   if (error instanceof UnsupportedLayerError) console.log(error.message); // …
 * }
 * ```
 */
export class UnsupportedLayerError extends Error {
  override name = 'UnsupportedLayerError';
  /**
   * @param layer Its path, as in Layer.path.
   * @param className Its class, as in the file.
   */
  constructor(
    readonly layer: string,
    readonly className: string,
    readonly reason: string,
  ) {
    super(`layer '${layer}' (${className}): ${reason}.`);
  }
}

/** Ends the reading or compiling of a model at one of its layers. */
export function refuse(layer: { path: string; className: string }, reason: string): never {
  throw new UnsupportedLayerError(layer.path, layer.className, reason);
}

/** Names the layer in the errors of `work`. */
export function refusing<T>(layer: { path: string; className: string }, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnsupportedLayerError) throw error;
    return refuse(layer, (error as Error).message.replace(/\.$/, ''));
  }
}
