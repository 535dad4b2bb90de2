import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import {
  type Change,
  type Codebook,
  FROZEN,
  PRUNED,
  roundTensorToPowerOfTwo,
  roundToPowerOfTwo,
  type Step,
} from '@tfjs-compress/math';
import { checkFinite, withoutHiddenNaN } from './finite.js';
import { hook } from './hook.js';
import { KernelStates } from './KernelStates.js';
import { markOwn } from './ownCopy.js';
import { layerOf, type Site, viewed } from './sites.js';
import { select, straightThroughMask } from './straightThrough.js';

/**
 * One weight of one layer, with a state for each of its values: 0 pruned, 1 free, 2
 * frozen.
 *
 * - A pruned weight counts as 0: the layer computes with read() of a view that stands in
 *   its field and masks the variable. While `splicing`, the gradient goes straight
 *   through the mask, so that the optimizer trains pruned weights too and surgery can
 *   bring them back (DNS, arXiv:1608.04493, Eq. 3).
 * - A frozen weight keeps its value, whatever the optimizer does: a zero gradient would
 *   not hold it (momentum and Adam move it all the same), so the variable's assign(),
 *   which every tfjs optimizer updates through, leaves it out. The variable itself
 *   therefore always holds the frozen values, and so does every file saved from it.
 *
 * Values are read and changed through update() alone. Forward costs one selection while
 * pruned weights may come back, an optimizer's update another when something is held.
 *
 * ```js
 * const layer = maskedDense({ units: 1, inputShape: [2] });
 * tf.sequential({ layers: [layer] });
 * const [kernel] = layer.compressibleKernels;
 * console.log(kernel.path.endsWith('/kernel'), kernel.size); // → true 2
 * ```
 */
export class CompressibleKernel {
  readonly path: string;
  readonly variable: LayerVariable;
  readonly size: number;
  private readonly kept: KernelStates;
  /**
   * Whether the variable itself holds 0 where pruned, so that the layer needs no mask.
   */
  private isCommitted = true;
  private isSplicing = false;
  private isWriting = false;
  private readonly undo: (() => void)[];

  /**
   * Takes the weight's place in its layer, until release().
   * @param site Where the weight is.
   * @param stateVariable Where the state is kept: a non-trainable weight of the layer
   *   (same shape), in layers of this package; left out, the state lives as long as this
   *   object.
   */
  constructor(
    readonly site: Site,
    readonly stateVariable?: LayerVariable,
  ) {
    this.path = site.path;
    this.variable = site.variable;
    this.size = tf.util.sizeFromShape(site.variable.shape as number[]);
    this.kept = new KernelStates(site.variable.shape as number[], stateVariable);
    const view: LayerVariable = Object.create(this.variable, { read: { value: () => this.read() } });
    viewed.set(view, this.variable);
    markOwn(view);
    (this.owner as any)[site.field] = view;
    this.undo = [
      hook(this.tensor, 'assign', (assign) => (value) => this.assign(value, (kept) => assign.call(this.tensor, kept))),
      hook(this.variable, 'write', (write) => (value) => this.fromOutside(() => write.call(this.variable, value))),
    ];
  }

  /**
   * Whether a synchronous read gives a tensor's values: on WebGPU it gives zeros, or an
   * exception.
   */
  static get canReadNow(): boolean {
    return tf.getBackend() !== 'webgpu';
  }

  /** The layer that owns the weight. */
  get owner() {
    return layerOf(this.site);
  }

  /** The model has been disposed of. */
  get isDisposed(): boolean {
    return (this.variable as unknown as { val: tf.Variable }).val.isDisposed;
  }

  /**
   * The state of each weight (0 pruned, 1 free, 2 frozen), in the order of the weight's
   * values. Not to be written to.
   */
  get states(): Uint8Array {
    this.follow();
    if (this.kept.host) return this.kept.host;
    throw new Error(`${this.path}: its states were loaded and have not been read yet; call sync() first.`);
  }

  /** Reads the states, where weights have been loaded since they were last known. */
  async sync(): Promise<void> {
    this.follow();
    if (this.kept.host) return;
    await this.kept.read();
    this.derive();
  }

  /**
   * Whether pruned weights go on being trained under the mask, so that they can come
   * back. False at first.
   */
  get splicing(): boolean {
    return this.isSplicing;
  }

  /**
   * Switched off, the variable holds 0 where pruned, updates leave that alone, and
   * forward needs no mask any more.
   */
  set splicing(on: boolean) {
    if (!on) this.commit();
    if (on === this.isSplicing) return;
    this.isSplicing = on;
    if (on) this.isCommitted = false;
    this.derive();
  }

  /** Ends splicing and keeps what is under the mask, for a later run to go on with. */
  hold(): void {
    this.isSplicing = false;
    this.derive();
  }

  /**
   * What the layer computes with: the variable, pruned weights masked. To be called
   * inside tf.tidy, like LayerVariable.read.
   */
  read(): tf.Tensor {
    const raw = this.variable.read();
    this.follow();
    const { mask, zeros } = this.kept;
    return mask ? straightThroughMask(raw, mask, zeros!) : raw;
  }

  /**
   * The variable's values, those under the mask included. Not to be written to: some
   * backends share them. A NaN under the mask counts as 0: tfjs's centered RMSProp makes
   * them of weights whose gradient is steady.
   */
  async values(): Promise<Float32Array> {
    await this.sync();
    return withoutHiddenNaN((await this.tensor.data()) as Float32Array, this.states);
  }

  /**
   * A copy of the effective weights: pruned ones 0 (never -0), the others as they are.
   */
  async effectiveValues(): Promise<Float32Array> {
    await this.sync();
    const values = ((await this.tensor.data()) as Float32Array).slice();
    const states = this.states;
    for (let i = 0; i < values.length; i++) if (states[i] === PRUNED) values[i] = 0;
    return values;
  }

  /**
   * Takes one step: the only way in which a callback changes values and states. No
   * constraint of the layer is applied.
   *
   * @throws Error naming the weight when it holds values that are not finite and the step
   *   would change values.
   */
  async update(step: Step): Promise<Change> {
    await this.sync();
    const raw = (await this.tensor.data()) as Float32Array;
    const states = this.states.slice();
    // Backends on the processor hand out the very values of the tensor, which clones of
    // it share.
    const values = step.changesValues ? withoutHiddenNaN(raw, states).slice() : raw;
    if (step.changesValues) checkFinite(values, this.path);
    const change = step.apply(values, states);
    if (change.values) this.setValues(values);
    if (change.states) this.setStates(states);
    return change;
  }

  /**
   * Makes levels of all weights and freezes them at once: for the one place where fit
   * cannot wait, between the last update and the validation after it. What is not finite
   * stays so. Values are read synchronously, in no more than their own size and at ten
   * times the speed of tensor operations, but on WebGPU, where such a read gives zeros.
   *
   * @param completed Where values can be read: the codebook, with ranges for what has
   *   none in `codebook`.
   */
  quantizeNow(codebook: Codebook, completed: (values: Float32Array) => Codebook = () => codebook): void {
    const states = this.states.map((state) => (state === PRUNED ? PRUNED : FROZEN));
    const rounded = tf.tidy(() => {
      const effective = this.effective();
      if (!CompressibleKernel.canReadNow) return roundTensorToPowerOfTwo(effective, codebook);
      const values = effective.dataSync() as Float32Array;
      return tf.tensor(roundToPowerOfTwo(values, completed(values)), effective.shape);
    });
    this.write(rounded);
    rounded.dispose();
    this.setStates(states);
  }

  /** @param states One of 0, 1, 2 for each weight; kept, not copied. */
  setStates(states: Uint8Array): void {
    if (states.length !== this.size) {
      throw new Error(`states of ${this.path}: expected ${this.size} values, received ${states.length}.`);
    }
    this.kept.write(states);
    this.isCommitted = false;
    if (this.isSplicing) this.derive();
    else this.commit();
  }

  /**
   * Writes all values, frozen ones included (an optimizer cannot), as they are: no
   * constraint is applied.
   */
  setValues(values: Float32Array): void {
    const tensor = tf.tensor(values, this.variable.shape as number[]);
    this.write(tensor);
    tensor.dispose();
  }

  /** The effective weights, as effectiveValues(). A new tensor. */
  effective(): tf.Tensor {
    this.follow();
    return tf.tidy(() => {
      const raw = this.tensor;
      if (this.isCommitted || !this.kept.has(PRUNED)) return tf.clone(raw);
      return select(this.kept.whereKept(), raw, tf.zerosLike(raw));
    });
  }

  /** Makes the variable hold the effective weights. */
  private commit(): void {
    if (this.isDisposed) return;
    if (!this.isCommitted && this.kept.has(PRUNED)) {
      const effective = this.effective();
      this.write(effective);
      effective.dispose();
    }
    this.isCommitted = true;
    this.derive();
  }

  /** Gives the layer its variable back, with the effective weights in it. */
  release(): void {
    this.commit();
    (this.owner as any)[this.site.field] = this.variable;
    for (const undo of this.undo) undo();
    this.dispose();
  }

  /** Frees the tensors behind the state. */
  dispose(): void {
    this.kept.dispose();
  }

  private get tensor(): tf.Variable {
    return this.variable.read() as tf.Variable;
  }

  /**
   * Notices that weights have been loaded. What was saved in the middle of surgery is not
   * 0 where pruned.
   */
  private follow(): void {
    if (!this.kept.changed()) return;
    this.isCommitted = false;
    this.derive();
  }

  /** Writes a tensor of the weight's shape as it is. */
  private write(tensor: tf.Tensor): void {
    const isWriting = this.isWriting;
    this.isWriting = true;
    try {
      this.tensor.assign(tensor);
    } finally {
      this.isWriting = isWriting;
    }
  }

  /**
   * A write by others, such as setWeights(), which frozen weights take. In a stock layer
   * what is pruned for good stays 0; in a layer of ours, whose states are written by the
   * same call, the mask sees to it.
   */
  private fromOutside(write: () => LayerVariable): LayerVariable {
    this.isWriting = true;
    try {
      write();
    } finally {
      this.isWriting = false;
    }
    this.isCommitted = false;
    if (this.isSplicing || this.stateVariable) this.derive();
    else this.commit();
    return this.variable;
  }

  private assign(value: tf.Tensor, assign: (kept: tf.Tensor) => void): void {
    this.follow();
    const { free } = this.kept;
    if (this.isWriting || !free) {
      assign(value);
      return;
    }
    const kept = select(free, value, this.tensor);
    assign(kept);
    kept.dispose();
  }

  private derive(): void {
    this.kept.derive(this.isSplicing, this.isCommitted);
  }
}
