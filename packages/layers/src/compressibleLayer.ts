import { serialization } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { check, checkInteger, checkNearMiss } from '@tfjs-compress/math/internal';
import { installKernel } from './attach.js';
import type { CompressibleKernel } from './CompressibleKernel.js';
import { markOwn } from './ownCopy.js';
import { channelsOf } from './sites.js';
import type { Layer, LayerClass } from './tfjsCopy.js';

/**
 * What a layer may say for itself of how SurgeryCallback prunes it; an override of the
 * callback wins.
 */
export interface MaskedArgs {
  /** Fraction of the kernel to prune, in [0, 1). */
  targetSparsity?: number;
  /**
   * The paper's c instead: the threshold is mean + c · standard deviation of the
   * magnitudes.
   */
  rate?: number;
}

/**
 * What a layer may say for itself of how INQScheduler quantizes it; an override of the
 * callback wins.
 */
export interface PowerOfTwoArgs {
  /**
   * 2 to 8: one bit for zero, the others for 2^(bits-1) values ±2^k. The scheduler's when
   * left out.
   */
  bits?: number;
  /**
   * A range of levels for each output channel instead of one for the kernel. The
   * scheduler's when left out.
   */
  perChannel?: boolean;
}

export type CompressionArgs = MaskedArgs & PowerOfTwoArgs;

/** A built-in layer that computes with compressible kernels. */
export interface CompressibleLayer extends Layer {
  /** What the layer says of its own compression. */
  readonly compression: CompressionArgs;
  /** Its kernels, from build() on. */
  readonly compressibleKernels: CompressibleKernel[];
}

export interface CompressibleLayerClass<Args> {
  new (args: Args): CompressibleLayer;
  className: string;
  fromConfig: serialization.FromConfigMethod<CompressibleLayer>;
}

/**
 * Whether a layer is one of this package, or of another copy of it.
 *
 * ```js
 * console.log(isCompressibleLayer(maskedDense({ units: 1 })), isCompressibleLayer(tf.layers.dense({ units: 1 }))); // → true false
 * ```
 */
export function isCompressibleLayer(layer: Layer): layer is CompressibleLayer {
  return Array.isArray((layer as Partial<CompressibleLayer>).compressibleKernels);
}

/**
 * What tfjs 4.22 leaves out of a SeparableConv2D's config, so that it comes back with
 * another shape.
 */
export function lostConfig(layer: Layer): serialization.ConfigDict {
  const { depthMultiplier } = layer as Layer & { depthMultiplier?: number };
  return depthMultiplier === undefined ? {} : { depthMultiplier };
}

const compressionKeys = ['targetSparsity', 'rate', 'bits', 'perChannel'] as const;

/** @throws ArgumentError */
export function checkCompressionArgs(args: CompressionArgs, owner: string): void {
  const { targetSparsity, rate, bits, perChannel } = args;
  if (targetSparsity !== undefined) {
    const ok = typeof targetSparsity === 'number' && targetSparsity >= 0 && targetSparsity < 1;
    check(ok, `${owner}: targetSparsity`, 'a number in [0, 1)', targetSparsity);
  }
  if (rate !== undefined) check(Number.isFinite(rate), `${owner}: rate`, 'a finite number', rate);
  check(
    targetSparsity === undefined || rate === undefined,
    `${owner}: rate`,
    'one of rate and targetSparsity, not both',
    rate,
  );
  if (bits !== undefined) checkInteger(bits, `${owner}: bits`, 2, 8);
  if (perChannel !== undefined) check(typeof perChannel === 'boolean', `${owner}: perChannel`, 'a boolean', perChannel);
}

/**
 * Makes of a built-in layer class one whose kernels are compressible, and registers it.
 *
 * It computes what the built-in layer computes with the effective kernel. The state of
 * each kernel is a non-trainable weight of the same shape, named after it (kernel_state),
 * saved and loaded with the layer.
 *
 * @param fields The fields of the built-in layer that hold its kernels.
 */
export function compressibleLayer<Args>(
  Base: LayerClass,
  className: string,
  fields: readonly string[],
): CompressibleLayerClass<Args> {
  class Compressible extends Base {
    static className = className;
    declare readonly compression: CompressionArgs;
    declare readonly compressibleKernels: CompressibleKernel[];

    constructor(args: any) {
      super(args);
      markOwn(this);
      checkNearMiss(args ?? {}, compressionKeys, className);
      const given = compressionKeys.filter((key) => args?.[key] != null).map((key) => [key, args[key]]);
      const compression = Object.fromEntries(given) as CompressionArgs;
      checkCompressionArgs(compression, className);
      Object.assign(this, { compression, compressibleKernels: [] });
    }

    override build(inputShape: tfl.Shape | tfl.Shape[]): void {
      super.build(inputShape);
      for (const field of fields) {
        const variable = (this as any)[field] as tfl.LayerVariable;
        const name = `${variable.originalName.split('/').pop()}_state`;
        const ones = () => tfl.initializers.ones();
        // The function, too: loading a model replaces initializers by zeros, which would
        // prune everything.
        const stateVariable = this.addWeight(
          name,
          variable.shape,
          'float32',
          ones(),
          undefined,
          false,
          undefined,
          ones,
        );
        const path = `${this.name}/${field}`;
        const channels = channelsOf(this, field, variable.shape as number[]);
        const site = { path, layers: [this], field, variable, role: 'kernel' as const, channels };
        this.compressibleKernels.push(installKernel(site, stateVariable));
      }
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), ...lostConfig(this), ...this.compression };
    }

    override dispose() {
      for (const kernel of this.compressibleKernels) kernel.dispose();
      return super.dispose();
    }
  }
  serialization.registerClass(Compressible as any);
  return Compressible as unknown as CompressibleLayerClass<Args>;
}
