import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { FREE, FROZEN, PRUNED } from '@tfjs-compress/math';

/**
 * The states of a kernel's weights (0 pruned, 1 free, 2 frozen): a copy of them, the
 * variable that keeps them where there is one, and the tensors that arithmetic with them
 * needs.
 */
export class KernelStates {
  /** A copy of the states; undefined while a loaded variable has not been read. */
  host: Uint8Array | undefined;
  /** What of the variable all else belongs to; loading weights changes it. */
  private id: object | undefined;
  /** True where not pruned; undefined where the layer needs no mask. */
  mask: tf.Tensor | undefined;
  /** What the layer computes with where the mask is not true. */
  zeros: tf.Tensor | undefined;
  /** True where an optimizer may write; undefined where it may everywhere. */
  free: tf.Tensor | undefined;

  /** All are free. */
  constructor(
    private readonly shape: number[],
    private readonly variable: LayerVariable | undefined,
  ) {
    this.host = new Uint8Array(tf.util.sizeFromShape(shape)).fill(FREE);
    this.id = variable?.read().dataId;
  }

  /** Whether weights were loaded since this was last asked; the copy is gone then. */
  changed(): boolean {
    const id = this.variable?.read().dataId;
    if (id === this.id) return false;
    this.id = id;
    this.host = undefined;
    return true;
  }

  /** Makes the copy anew. */
  async read(): Promise<void> {
    this.host = Uint8Array.from(await this.variable!.read().data());
  }

  /** @param states Kept, not copied. */
  write(states: Uint8Array): void {
    this.host = states;
    if (!this.variable) return;
    const tensor = tf.tensor(new Float32Array(states), this.shape);
    this.variable.write(tensor);
    tensor.dispose();
    this.id = this.variable.read().dataId;
  }

  /** Whether a weight may be in that state: false where it is known that none is. */
  has(state: number): boolean {
    return !this.host || this.host.includes(state);
  }

  /**
   * Derives the tensors; each is left out where it would change nothing.
   *
   * @param isSplicing Whether an optimizer may write to pruned weights.
   * @param isCommitted Whether the variable itself holds 0 where pruned.
   */
  derive(isSplicing: boolean, isCommitted: boolean): void {
    tf.dispose([this.mask, this.free]);
    this.mask = this.free = undefined;
    const hasPruned = this.has(PRUNED);
    if (hasPruned && !isCommitted) {
      this.mask = tf.keep(this.whereKept());
      this.zeros ??= tf.keep(tf.zeros(this.shape));
    } else this.dispose();
    if (!this.has(FROZEN) && (!hasPruned || isSplicing)) return;
    this.free = tf.keep(
      isSplicing
        ? this.where(
            (states) => tf.less(states, FROZEN),
            (state) => state < FROZEN,
          )
        : this.where(
            (states) => tf.equal(states, FREE),
            (state) => state === FREE,
          ),
    );
  }

  /** True where not pruned. A new tensor. */
  whereKept(): tf.Tensor {
    return this.where(
      (states) => tf.notEqual(states, PRUNED),
      (state) => state !== PRUNED,
    );
  }

  /** True where a state, in the variable or in the copy, is one of those wanted. */
  private where(inVariable: (states: tf.Tensor) => tf.Tensor, inCopy: (state: number) => boolean): tf.Tensor {
    const { host } = this;
    if (!host) return tf.tidy(() => inVariable(this.variable!.read()));
    // Without frozen weights, the states are what tells pruned from free, as they are.
    const isAsItIs = !host.includes(FROZEN) && !inCopy(PRUNED);
    return tf.tensor(isAsItIs ? host : host.map((state) => Number(inCopy(state))), this.shape, 'bool');
  }

  /** Frees the tensors. */
  dispose(): void {
    tf.dispose([this.mask, this.zeros, this.free]);
    this.mask = this.zeros = this.free = undefined;
  }
}
