import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, type LayerVariable, model } from '@tensorflow/tfjs-layers';
import { type Boxes, gridBoxes, gridIntervals, type RoIAlignOptions } from '@tfjs-compress/math/internal';
import { RoIAlign } from '../layers/RoIAlign.js';
import { type GridWeights, gridWeights, roiAlignGrid, shapesOf } from '../roi/roiAlignGrid.js';
import type { HyperNetConfig } from './HyperNetOptions.js';
import { connectProposalHidden, type LayerLookup } from './network.js';

interface Windows {
  width: number;
  height: number;
  boxes: Boxes;
  /** Where they are pooled as a grid. */
  weights: GridWeights | undefined;
}

/** The proposal stage on every sliding window of an image. */
export class WindowScorer {
  /** RoIAlign or RoIMaxPooling. */
  private readonly roi: ReturnType<LayerLookup>;
  /** What was pooled in n windows → [n, units]. */
  private readonly stage: LayersModel;
  private readonly heads: { kernel: LayerVariable; bias: LayerVariable }[];
  private windows: Windows | undefined;

  /**
   * @param largestPooled Values of pooled windows that are in memory at once: 32 MB, and
   * as much again for what is made of them.
   */
  constructor(
    get: LayerLookup,
    private readonly config: HyperNetConfig,
    private readonly largestPooled = 8e6,
  ) {
    const channels = config.variant === 'fast' ? 4 : 3 * config.channels;
    const pooled = input({ shape: [config.roiSize, config.roiSize, channels] });
    this.roi = get('proposal_roi_scored');
    this.stage = model({ inputs: pooled, outputs: connectProposalHidden(get, config, pooled) });
    this.heads = [get('proposal_logit'), get('proposal_box')] as unknown as typeof this.heads;
  }

  /**
   * The windows of an image of that size in pixels with the stage's logits [n] and
   * offsets [n, 4].
   */
  async score(map: tf.Tensor4D, width: number, height: number) {
    const windows = this.windowsOf(map, width, height);
    const scored = tf.tidy(() => {
      const both = windows.weights ? this.scoreGrid(map, windows.weights) : this.scoreBoxes(map, windows.boxes);
      return tf.split(both, [1, 4], 1);
    });
    const [logits, offsets] = (await Promise.all(scored.map((each) => each.data()))) as Float32Array[];
    tf.dispose(scored);
    return { windows: windows.boxes, logits, offsets };
  }

  private scoreBoxes(map: tf.Tensor4D, boxes: Boxes): tf.Tensor2D {
    return this.inPortions(boxes.length / 4, map.shape[3], (from, to) => {
      const part = tf.tensor3d(boxes.subarray(4 * from, 4 * to), [1, to - from, 4]);
      return this.roi.apply([map, part]) as tf.Tensor4D;
    });
  }

  private scoreGrid(map: tf.Tensor4D, weights: GridWeights): tf.Tensor2D {
    const { shapes, columns, rows } = weights;
    const scored = this.inPortions(shapes, columns * rows * map.shape[3], (from, to) =>
      roiAlignGrid(map, shapesOf(weights, from, to)),
    );
    // From shape by shape, column by column, to the windows' order.
    return tf.reshape(tf.transpose(tf.reshape(scored, [shapes, columns, rows, 5]), [2, 1, 0, 3]), [-1, 5]);
  }

  /**
   * Logits and offsets [windows, 5], in portions of n things whose bins hold so many
   * values each.
   */
  private inPortions(n: number, values: number, pool: (from: number, to: number) => tf.Tensor4D): tf.Tensor2D {
    const portion = Math.max(1, Math.floor(this.largestPooled / (this.config.roiSize ** 2 * values)));
    const out: tf.Tensor2D[] = [];
    for (let from = 0; from < n; from += portion) {
      out.push(tf.tidy(() => this.scoresOf(pool(from, Math.min(from + portion, n)))));
    }
    return tf.concat(out, 0);
  }

  /**
   * Both heads in one product: what they read is 20,000 windows by 64 units, what they
   * make is small.
   */
  private scoresOf(pooled: tf.Tensor4D): tf.Tensor2D {
    // Not predict(), which would take 32 windows at a time.
    const hidden = this.stage.apply(pooled, { training: false }) as tf.Tensor2D;
    const kernels = this.heads.map(({ kernel }) => kernel.read() as tf.Tensor2D);
    const biases = this.heads.map(({ bias }) => bias.read() as tf.Tensor1D);
    return tf.add(tf.matMul(hidden, tf.concat(kernels, 1)), tf.concat(biases, 0));
  }

  /** Those of the last size are kept. */
  private windowsOf({ shape }: tf.Tensor4D, width: number, height: number): Windows {
    if (this.windows?.width !== width || this.windows.height !== height) {
      const grid = { width, height, ...this.config.candidates };
      // The few channels of the fast variant are pooled as a grid, the many of the full
      // one window by window: each is faster there.
      const isGrid = this.config.variant === 'fast' && this.roi instanceof RoIAlign;
      const { size, stride, samplingRatio, aligned } = this.roi.getConfig() as unknown as RoIAlignOptions;
      const options = { size, stride, samplingRatio, aligned };
      const weights = isGrid ? gridWeights(gridIntervals(grid), shape[2], shape[1], options) : undefined;
      this.windows = { width, height, boxes: gridBoxes(grid), weights };
    }
    return this.windows;
  }
}
