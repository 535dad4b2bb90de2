import * as tfl from '@tensorflow/tfjs-layers';
import { type CompressibleKernel, isCompressibleLayer, type Selection } from '@tfjs-compress/layers';
import { isConvertible, type Selected, type Site, select } from '@tfjs-compress/layers/internal';
import type { CommonOptions, LoopParams } from './callbackArgs.js';
import { siblingsOn } from './siblings.js';
import type { TrainingClock } from './TrainingClock.js';

/** A kernel and what was asked for it. */
export interface Target<Override = object> {
  /** The path of the kernel in the model. */
  path: string;
  kernel: CompressibleKernel;
  options: Partial<Override>;
}

/**
 * What a method of compression says of itself: which kernels it takes, when something is
 * to be done, what it reports. CompressionCallback calls it as a training goes on.
 */
export abstract class CompressionMethod<Override extends object = object> extends tfl.CustomCallback {
  /** What the callback is called in messages and checkpoints. */
  abstract readonly label: string;
  abstract readonly priority: number;
  /** Those of its figures that tell of the weights, not of what happened in an epoch. */
  protected abstract readonly lastingFigures: readonly string[];
  protected abstract readonly overrideOptions: readonly (keyof Override & string)[];

  protected targets: Target<Override>[] = [];
  protected clock!: TrainingClock;
  /** The model inside a Sequential, any other model itself. */
  protected trained: tfl.LayersModel | undefined;
  /** An optimizer of the user's own, in a loop without compile(). */
  protected ownOptimizer: LoopParams['optimizer'];

  /** Which one of its kind in the fit, from 1. */
  protected order = 1;

  protected constructor(
    protected readonly common: CommonOptions,
    hooks: tfl.CustomCallbackArgs,
  ) {
    // Yielding to the page is the fit's (fits.ts).
    super(hooks, 'never');
  }

  /** Checks what was selected, before anything is attached. */
  protected abstract checkSelected(selected: Selected<Override>[], resumed: object | undefined): void;
  /** Starts the plan, or goes on with what `progress` gave before. */
  protected abstract start(resumed: object | undefined): Promise<void>;
  /**
   * Checks that the training is long enough, once all callbacks of the fit have started,
   * before the first batch.
   */
  abstract checkPlan(): void;
  /** The options that a kept run must go on with, by name. Plain JSON. */
  protected abstract settings(selected: Selected<Override>[]): Record<string, unknown>;
  protected abstract progress(): object;
  protected abstract onEpoch(): Promise<void>;
  protected abstract onStep(): Promise<void>;
  /** All batches of an epoch have been trained. */
  protected abstract onEpochTrained(): Promise<void>;
  /** Whether all that the plan asks for has been done. */
  abstract get isFinished(): boolean;
  /** Whether that was done after training had ended. */
  isFinishedLate = false;
  /**
   * All batches of the epoch have been trained; what is due at its end is done before
   * anything validates.
   */
  abstract epochTrained(): Promise<void>;
  /** Does at once what is left of the plan. */
  abstract finish(): Promise<void>;
  /** The optimizer step from which on the callback changes no mask anymore. */
  get structureFixedAt(): number {
    return 0;
  }
  /** The fewest epochs of a fit that the callback must have for itself. */
  get fewestEpochs(): number {
    return 0;
  }
  /** Puts right what others have written to weights that are done. Returns how many. */
  protected abstract repair(): Promise<number>;
  /**
   * Figures for the epoch's logs, counted from the effective weights: one array for each
   * target.
   */
  protected abstract figures(weights: Float32Array[]): Record<string, number>;
  /** For the progress line. */
  protected abstract describe(figures: Record<string, number>): string;

  /**
   * Selected when the user names nothing: kernels that are trained; of convertible layers
   * only ours, if there are any.
   */
  protected selectSites(all: Site[]): Selected<Override>[] {
    const kernels = all.filter((site) => site.role === 'kernel');
    const trained = new Set(this.trained!.trainableWeights);
    const isOurs = (site: Site) => site.layers.some(isCompressibleLayer);
    const hasOurs = kernels.some(isOurs);
    const isDefault = (site: Site) => trained.has(site.variable) && (!hasOurs || isOurs(site) || !isConvertible(site));
    return select(kernels, this.common as Selection<Override>, this.overrideOptions, isDefault);
  }

  protected get verbose(): number {
    return this.common.verbose;
  }

  protected say(line: string): void {
    if (this.verbose > 0) console.log(`${this.name}: ${line}`);
  }

  /** What nobody should miss, however little they want to see. */
  protected warn(line: string): void {
    console.warn(`${this.name}: ${line}`);
  }

  protected fail(message: string): never {
    throw new Error(`${this.name}: ${message}`);
  }

  /** What `act` gives; errors get the callback's name before them. */
  protected named<T>(act: () => T): T {
    try {
      const result = act();
      return result instanceof Promise ? (result.catch((error) => this.sign(error)) as T) : result;
    } catch (error) {
      return this.sign(error);
    }
  }

  private sign(error: unknown): never {
    const { message } = error as Error;
    if (message.startsWith(`${this.name}: `)) throw error;
    this.fail(message);
  }

  /**
   * The label, numbered from the second one of its kind on: also its slot in a
   * checkpoint.
   */
  protected get name(): string {
    return this.order > 1 ? `${this.label} ${this.order}` : this.label;
  }

  protected get paths(): string[] {
    return this.targets.map(({ path }) => path);
  }

  protected get variables(): tfl.LayerVariable[] {
    return this.targets.map(({ kernel }) => kernel.variable);
  }

  /** The other callbacks at work on weights that this one has, too. */
  protected get siblings(): CompressionMethod[] {
    const mine = new Set(this.targets.map(({ kernel }) => kernel));
    return siblingsOn(this.trained!).filter(
      (sibling): sibling is CompressionMethod =>
        sibling instanceof CompressionMethod &&
        sibling !== this &&
        sibling.targets.some(({ kernel }) => mine.has(kernel)),
    );
  }

  /** For what a sub-class has hooked. */
  protected onRelease(): void {}
}
