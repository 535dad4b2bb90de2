import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { countState, FREE, FROZEN, PRUNED } from '@tfjs-compress/math';
import { type Site, viewed } from './sites.js';

/**
 * One weight of one layer, with a state for each of its values: 0 pruned, 1 free, 2 frozen.
 *
 * - A pruned weight counts as 0: the layer computes with read() of a view that stands in its field and masks the
 *   variable. The gradient goes straight through the mask, so that the optimizer trains pruned weights too and surgery
 *   can bring them back (DNS, arXiv:1608.04493, Eq. 3).
 * - A frozen weight keeps its value, whatever the optimizer does: a zero gradient would not hold it (momentum and Adam
 *   move it all the same), so the variable's assign(), which every tfjs optimizer updates through, leaves it out.
 *   The variable itself therefore always holds the frozen values, and so does every file saved from it.
 *
 * Forward costs one selection while pruned weights may come back, an update another when something is held.
 */
export class CompressibleKernel {
  readonly path: string;
  readonly variable: LayerVariable;
  readonly size: number;
  private host: Uint8Array;
  /** What of stateVariable the host copy was read from; a loaded checkpoint changes it. */
  private hostOf: object | undefined;
  /** True where not pruned. */
  private mask: tf.Tensor | undefined;
  /** What the layer computes with where the mask is not true. */
  private zeros: tf.Tensor | undefined;
  private free: tf.Tensor | undefined;
  private writing = false;
  private isSplicing = true;
  private readonly view: LayerVariable;

  /**
   * Takes the weight's place in its layer, until release().
   * @param site Where the weight is.
   * @param stateVariable Where the state is kept: a non-trainable weight of the layer (same shape), in layers of this
   *   package; left out, the state lives as long as this object.
   */
  constructor(
    readonly site: Site,
    readonly stateVariable?: LayerVariable,
  ) {
    this.path = site.path;
    this.variable = site.variable;
    this.size = tf.util.sizeFromShape(site.variable.shape as number[]);
    this.host = new Uint8Array(this.size).fill(FREE);
    this.hostOf = stateVariable?.read().dataId;
    this.view = Object.create(this.variable, { read: { value: () => this.read() } });
    viewed.set(this.view, this.variable);
    (this.owner as any)[site.field] = this.view;
    this.guardUpdates();
  }

  /** The layer that owns the weight. */
  get owner() {
    return this.site.layers[this.site.layers.length - 1];
  }

  /** The state of each weight (0 pruned, 1 free, 2 frozen), in the order of the weight's values. Not to be written to. */
  get states(): Uint8Array {
    const dataId = this.stateVariable?.read().dataId;
    if (dataId !== this.hostOf) {
      this.host = new Uint8Array(this.stateVariable!.read().dataSync());
      this.hostOf = dataId;
      this.derive();
    }
    return this.host;
  }

  /** @param states One of 0, 1, 2 for each weight; kept, not copied. */
  setStates(states: Uint8Array): void {
    if (states.length !== this.size) {
      throw new Error(`states of ${this.path}: expected ${this.size} values, received ${states.length}.`);
    }
    this.host = states;
    if (this.stateVariable) {
      const tensor = tf.tensor(new Float32Array(states), this.variable.shape as number[]);
      this.stateVariable.write(tensor);
      tensor.dispose();
      this.hostOf = this.stateVariable.read().dataId;
    }
    this.derive();
  }

  /** Whether pruned weights go on being trained under the mask (default), so that they can come back. */
  get splicing(): boolean {
    return this.isSplicing;
  }

  /** Switched off, the variable holds 0 where pruned, updates leave that alone, and forward needs no mask any more. */
  set splicing(on: boolean) {
    if (on === this.isSplicing) return;
    if (!on) this.commit();
    this.isSplicing = on;
    this.derive();
  }

  /** What the layer computes with: the variable, pruned weights masked. To be called inside tf.tidy, like LayerVariable.read. */
  read(): tf.Tensor {
    const raw = this.variable.read();
    this.states;
    return this.mask ? straightThroughMask(raw, this.mask, this.zeros!) : raw;
  }

  /**
   * The variable's values, those under the mask included: what training works on. Not to be written to: some backends
   * share them. A NaN under the mask counts as 0: tfjs's centred RMSProp makes them of weights whose gradient is steady.
   */
  async values(): Promise<Float32Array> {
    return withoutHiddenNaN(await this.rawValues(), this.states);
  }

  /** The same, with what is NaN under the mask. */
  async rawValues(): Promise<Float32Array> {
    return (await this.variable.read().data()) as Float32Array;
  }

  /** Writes all values, frozen ones included (an optimizer cannot). */
  setValues(values: Float32Array): void {
    const tensor = tf.tensor(values, this.variable.shape as number[]);
    this.write(tensor);
    tensor.dispose();
  }

  /** Writes a tensor of the weight's shape, frozen values included. */
  write(tensor: tf.Tensor): void {
    this.variable.write(tensor);
  }

  /** The effective weights: pruned ones 0 (never -0), the others as they are. A new tensor. */
  effective(): tf.Tensor {
    const states = this.states;
    return tf.tidy(() => {
      const raw = this.variable.read();
      if (!states.includes(PRUNED)) return tf.clone(raw);
      const keeps = this.where((state) => state !== PRUNED);
      return tf.where(keeps, raw, tf.zerosLike(raw));
    });
  }

  /** Makes the variable hold the effective weights. */
  commit(): void {
    if (!this.states.includes(PRUNED)) return;
    const effective = this.effective();
    this.write(effective);
    effective.dispose();
  }

  /** Gives the layer its variable back, with the values it has: commit() first to keep the zeros. */
  release(): void {
    (this.owner as any)[this.site.field] = this.variable;
    const unguarded = this.variable as unknown as Record<string, unknown>;
    delete unguarded.write;
    if (!this.variable.read().isDisposed) delete (this.variable.read() as unknown as Record<string, unknown>).assign;
    this.dispose();
  }

  /** Frees the tensors behind the state. */
  dispose(): void {
    tf.dispose([this.mask, this.zeros, this.free]);
    this.mask = this.zeros = this.free = undefined;
  }

  private guardUpdates(): void {
    const variable = this.variable.read() as tf.Variable;
    const assign = Object.getPrototypeOf(variable).assign as (value: tf.Tensor) => void;
    variable.assign = (value: tf.Tensor) => {
      this.states;
      if (this.writing || !this.free) return assign.call(variable, value);
      const kept = select(this.free, value, variable);
      assign.call(variable, kept);
      kept.dispose();
    };
    const write = Object.getPrototypeOf(this.variable).write as LayerVariable['write'];
    this.variable.write = (value: tf.Tensor) => {
      this.writing = true;
      try {
        return write.call(this.variable, value);
      } finally {
        this.writing = false;
      }
    };
  }

  /** Derives from the states the tensors that the arithmetic needs; each is left out where it would change nothing. */
  private derive(): void {
    const [hasPruned, hasFrozen] = [PRUNED, FROZEN].map((state) => this.host.includes(state));
    tf.dispose([this.mask, this.free]);
    this.mask = this.free = undefined;
    if (hasPruned && this.isSplicing) {
      this.mask = tf.keep(this.where((state) => state !== PRUNED));
      this.zeros ??= tf.keep(tf.zeros(this.variable.shape as number[]));
    } else {
      tf.dispose([this.zeros]);
      this.zeros = undefined;
    }
    if (hasFrozen || (hasPruned && !this.isSplicing)) {
      this.free = tf.keep(this.where((state) => state === FREE || (this.isSplicing && state === PRUNED)));
    }
  }

  /** A boolean tensor: which weights are in a state that `test` accepts. */
  private where(test: (state: number) => boolean): tf.Tensor {
    const accepted = Uint8Array.from([PRUNED, FREE, FROZEN], (state) => Number(test(state)));
    const states = this.host;
    // States without frozen ones are what tells pruned from free, as they are.
    const isMask = accepted[FREE] > accepted[PRUNED] && !states.includes(FROZEN);
    const chosen = isMask ? states : states.map((state) => accepted[state]);
    return tf.tensor(chosen, this.variable.shape as number[], 'bool');
  }
}

function withoutHiddenNaN(values: Float32Array, states: Uint8Array): Float32Array {
  // As integers: the bits of a NaN without its sign are above those of infinity.
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let mended: Float32Array | undefined;
  for (let i = 0; i < values.length; i++) {
    if ((bits[i] & 0x7fffffff) <= 0x7f800000 || states[i] !== PRUNED) continue;
    mended ??= values.slice();
    mended[i] = 0;
  }
  return mended ?? values;
}

/**
 * Takes free weights that are exactly 0 for pruned ones: those of a model that was pruned before.
 *
 * @returns How many weights are pruned then.
 */
export async function pruneZeros(kernel: CompressibleKernel): Promise<number> {
  const values = await kernel.values();
  const states = kernel.states.map((state, i) => (state === FREE && values[i] === 0 ? PRUNED : state));
  const pruned = countState(states, PRUNED);
  if (pruned > countState(kernel.states, PRUNED)) kernel.setStates(states);
  return pruned;
}

/**
 * w ∘ mask, whose gradient with respect to w is the one with respect to the product (DNS, Eq. 3: straight through).
 * Selected rather than multiplied, since what lies under the mask may not be finite.
 */
function straightThroughMask(w: tf.Tensor, mask: tf.Tensor, zeros: tf.Tensor): tf.Tensor {
  const masked = tf.customGrad((x) => ({
    value: select(mask, x as tf.Tensor, zeros),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return masked(w);
}

/** tf.where for tensors of one shape, in one kernel: tf.where broadcasts all three first, a kernel each. */
function select(condition: tf.Tensor, ifTrue: tf.Tensor, ifFalse: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel(tf.Select, { condition, t: ifTrue, e: ifFalse });
}
