import { io, type Optimizer } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel, type ModelCompileArgs } from '@tensorflow/tfjs-layers';
import { pack, unpack } from '@tfjs-compress/format';
import { artifactsOf, joinBuffers, stripArtifacts } from '@tfjs-compress/format/internal';
import { checkModel } from '@tfjs-compress/layers/internal';
import { check } from '@tfjs-compress/math/internal';
import { hashOf } from './hashOf.js';
import type { SearchJob } from './types.js';
import { withoutMarks } from './withoutMarks.js';

type Compiled = LayersModel & {
  optimizer?: Optimizer;
  loss?: ModelCompileArgs['loss'];
  metrics?: ModelCompileArgs['metrics'];
};

/** The model that a search begins with, of which every trial gets a copy. */
export class Start {
  private constructor(
    /**
     * Of a stock model: Masked… and PowerOfTwo… layers are turned into the built-in ones.
     */
    readonly artifacts: io.ModelArtifacts,
    /** For what it was compiled with. */
    private readonly original: Compiled,
  ) {}

  /** @param model Not changed; it must not be disposed of before the search is over. */
  static async of(model: LayersModel): Promise<Start> {
    checkModel(model);
    return new Start(withoutMarks(stripArtifacts(await artifactsOf(model))), model as Compiled);
  }

  /**
   * One and the same for a job in this process: its layers would get other names when
   * made again.
   */
  static async ofJob(job: SearchJob): Promise<Start> {
    let start = starts.get(job);
    if (!start) {
      start = Promise.resolve(job.model()).then((model) => {
        const isModel = typeof model?.save === 'function' && Array.isArray(model.layers);
        check(isModel, "model()'s result", 'a tfjs layers model', model);
        return Start.of(model);
      });
      starts.set(job, start);
    }
    return start;
  }

  /**
   * A compiled copy, with a new optimizer. Call dispose when it is not needed any longer.
   */
  async copy(file?: Uint8Array): Promise<{ model: LayersModel; dispose: () => void }> {
    const weights = file && unpack(file);
    return this.load({ ...this.artifacts, ...(weights && { weightData: weightDataOf(weights) }) });
  }

  /** A model from other artifacts, compiled as the start model was. */
  async load(artifacts: io.ModelArtifacts): Promise<{ model: LayersModel; dispose: () => void }> {
    const model = await loadLayersModel(io.fromMemory(artifacts));
    const { optimizer, loss, metrics } = this.original;
    if (!optimizer || !loss) return { model, dispose: () => void model.dispose() };
    const made = copyOf(optimizer);
    model.compile({ optimizer: made, loss, metrics });
    const dispose = () => {
      model.dispose();
      made.dispose();
    };
    return { model, dispose };
  }

  /** The start model as a file. */
  get file(): Uint8Array {
    return pack(this.artifacts);
  }

  /** A model for the user, who disposes of it with all that it holds. */
  async give(file: Uint8Array): Promise<LayersModel> {
    const { model } = await this.load(unpack(file));
    // As where compile() made the optimizer itself: dispose() then sees to it.
    if (model.optimizer) (model as unknown as { isOptimizerOwned: boolean }).isOptimizerOwned = true;
    return model;
  }

  /** Of the model and of what it was compiled with, as far as that is known by name. */
  get fingerprint(): string {
    const { optimizer, loss } = this.original;
    const training = optimizer && {
      optimizer: optimizer.getClassName(),
      config: optimizer.getConfig(),
      loss: String(loss),
    };
    return hashOf(pack(this.artifacts)) + hashOf(JSON.stringify(training ?? null));
  }
}

const starts = new WeakMap<SearchJob, Promise<Start>>();

function copyOf(optimizer: Optimizer): Optimizer {
  const type = optimizer.constructor as any;
  return type.fromConfig(type, optimizer.getConfig());
}

function weightDataOf({ weightData }: io.ModelArtifacts): ArrayBuffer {
  return joinBuffers(weightData).slice().buffer;
}
