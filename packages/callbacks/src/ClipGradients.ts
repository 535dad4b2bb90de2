import * as tf from '@tensorflow/tfjs-core';
import type { Logs } from '@tensorflow/tfjs-layers';
import { check, resolveOptions } from '@tfjs-compress/math/internal';
import { hookUpdates } from './hookUpdates.js';
import { TrainingAid } from './TrainingAid.js';

export interface ClipGradientsArgs {
  /** The largest norm of all gradients together. */
  globalNorm: number;
}

/**
 * Makes all gradients of a step smaller by one factor where their norm, √Σg² over all
 * weights, is above `globalNorm`: g · globalNorm / max(norm, globalNorm), as Keras'
 * `global_clipnorm` and PyTorch's `clip_grad_norm_` (Pascanu et al., 2013, Algorithm 1).
 * The logs get `gradient_norm`, the mean of the epoch before clipping, and
 * `gradients_clipped`, the share of steps that were clipped: to choose globalNorm by.
 * Gradients of pruned weights that surgery may bring back count.
 *
 * @throws ArgumentError for an option.
 * @example
 * await model.fit(x, y, { epochs: 20, callbacks: [new ClipGradients({ globalNorm: 10 })] });
 */
export class ClipGradients extends TrainingAid {
  readonly label = 'ClipGradients';
  readonly priority = -2;
  private readonly globalNorm: number;
  private steps = 0;
  /** Sum of the epoch's norms, and how many were too large. */
  private seen: tf.Tensor1D | undefined;
  private unhook: (() => void) | undefined;

  constructor(args: ClipGradientsArgs) {
    super({ onEpochEnd: (_, logs) => this.report(logs ?? {}) });
    const defaults = { globalNorm: undefined as unknown as number };
    ({ globalNorm: this.globalNorm } = resolveOptions<ClipGradientsArgs>('ClipGradients', args ?? {}, defaults));
    const { globalNorm } = this;
    check(Number.isFinite(globalNorm) && globalNorm > 0, 'globalNorm', 'a positive number', globalNorm);
  }

  override async open(): Promise<void> {
    this.unhook = hookUpdates(this.trained!, (gradients, apply) => {
      const clipped = tf.tidy(() => this.clip(gradients.map(({ tensor }) => tensor)));
      apply(gradients.map(({ name }, i) => ({ name, tensor: clipped[i] })));
      tf.dispose(clipped);
    });
  }

  private clip(gradients: tf.Tensor[]): tf.Tensor[] {
    if (gradients.length === 0) return [];
    const norm = tf.sqrt(tf.addN(gradients.map((each) => tf.sum(tf.square(each)))));
    const isLarger = tf.where(tf.greater(norm, this.globalNorm), 1, 0);
    const seen = tf.stack([norm, tf.cast(isLarger, 'float32')]) as tf.Tensor1D;
    const before = this.seen;
    this.seen = tf.keep(before ? tf.add(before, seen) : seen);
    before?.dispose();
    this.steps++;
    const factor = tf.div(this.globalNorm, tf.maximum(norm, this.globalNorm));
    return gradients.map((each) => tf.mul(each, factor));
  }

  private async report(logs: Logs): Promise<void> {
    const { seen, steps } = this;
    this.clear();
    if (!seen) return;
    const [norms, clipped] = await seen.data();
    seen.dispose();
    logs.gradient_norm = norms / steps;
    logs.gradients_clipped = clipped / steps;
  }

  private clear(): void {
    this.seen = undefined;
    this.steps = 0;
  }

  protected override forget(): void {
    super.forget();
    this.unhook?.();
    this.unhook = undefined;
    this.seen?.dispose();
    this.clear();
  }
}
