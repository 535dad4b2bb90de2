/**
 * What tfjs's own types do not say, said beside them; nothing here runs. The signatures
 * that tfjs declares stay and are tried after these, so all that was valid is.
 *
 * - model.save() resolves to what its handler's save() does: with compressed(),
 *   `sizeBytes` is there.
 * - In an array of callbacks, TypeScript cannot tell by tfjs's types which kind of
 *   element a plain object is, and leaves the parameters of its functions without a type.
 */
import type { io, Tensor } from '@tensorflow/tfjs-core';
import type { CustomCallbackArgs, History, ModelFitArgs, ModelFitDatasetArgs } from '@tensorflow/tfjs-layers';
import type { CompressedHandler, CompressedSaveResult } from '@tfjs-compress/format';

/**
 * What `callbacks` takes: callbacks of this package, tfjs's, and plain objects, which all
 * have this shape.
 */
export type FitCallbacks = CustomCallbackArgs[];

type Tensors = Tensor | Tensor[] | { [name: string]: Tensor };
type WithCallbacks<Args> = Omit<Args, 'callbacks'> & { callbacks?: FitCallbacks };

/** A tf.data.Dataset, as far as tfjs-layers knows it. */
interface Dataset<T> {
  iterator(): Promise<{ next(): Promise<IteratorResult<T>> }>;
  size: number;
}

declare module '@tensorflow/tfjs-layers/dist/engine/training.js' {
  interface LayersModel {
    save(handler: CompressedHandler, config?: io.SaveConfig): Promise<CompressedSaveResult>;
    fit(x: Tensors, y: Tensors, args: WithCallbacks<ModelFitArgs>): Promise<History>;
    fitDataset<T>(dataset: Dataset<T>, args: WithCallbacks<ModelFitDatasetArgs<T>>): Promise<History>;
  }
}

declare module '@tensorflow/tfjs-layers/dist/models.js' {
  interface Sequential {
    fit(x: Tensors, y: Tensors, args: WithCallbacks<ModelFitArgs>): Promise<History>;
    fitDataset<T>(dataset: Dataset<T>, args: WithCallbacks<ModelFitDatasetArgs<T>>): Promise<History>;
  }
}
