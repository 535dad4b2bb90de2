import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Boxes } from '../boxes/boxes.js';
import { type GridIntervals, gridBoxes, gridIntervals } from '../boxes/gridBoxes.js';
import { RoIAlign } from '../layers/RoIAlign.js';
import { RoIAlignGrid } from '../layers/RoIAlignGrid.js';
import type { HyperNetConfig } from './HyperNetArgs.js';
import { connectProposalHead, type LayerLookup } from './network.js';

interface Windows {
  width: number;
  height: number;
  intervals: GridIntervals;
  boxes: Boxes;
}

/** The proposal stage on every sliding window of a picture. */
export class WindowScorer {
  /** The few channels of the fast variant are pooled as a grid, the many of the full one window by window: each is the faster there. */
  private readonly asGrid: boolean;
  private readonly model: LayersModel;
  private windows: Windows | undefined;

  /** @param largestPooled Values of pooled windows that are in memory at once: 32 MB, and as much again for what is made of them. */
  constructor(
    get: LayerLookup,
    private readonly config: HyperNetConfig,
    private readonly largestPooled = 8e6,
  ) {
    const roi = get('proposal_roi_scored');
    this.asGrid = config.variant === 'fast' && roi instanceof RoIAlign;
    const map = input({ shape: [null, null, config.variant === 'fast' ? 4 : 3 * config.channels] });
    const given = this.asGrid
      ? [input({ shape: [null, null, 2] }), input({ shape: [null, null, 2] })]
      : [input({ shape: [null, 4] })];
    const pooling = this.asGrid ? new RoIAlignGrid(roi.getConfig() as never) : roi;
    const pooled = pooling.apply([map, ...given]) as SymbolicTensor;
    this.model = model({ inputs: [map, ...given], outputs: connectProposalHead(get, config, pooled) });
  }

  /** The windows of a picture of that size in pixels with the stage's logits [n] and offsets [n, 4]. */
  async score(map: tf.Tensor4D, width: number, height: number) {
    const { boxes, intervals } = this.windowsOf(width, height);
    const scored = tf.tidy(() => (this.asGrid ? this.scoreGrid(map, intervals) : this.scoreBoxes(map, boxes)));
    const [logits, offsets] = (await Promise.all(scored.map((each) => each.data()))) as Float32Array[];
    tf.dispose(scored);
    return { windows: boxes, logits, offsets };
  }

  private scoreBoxes(map: tf.Tensor4D, boxes: Boxes): tf.Tensor[] {
    const scored = this.inPortions(boxes.length / 4, map.shape[3], (from, to) => {
      return this.model.predict([map, tf.tensor3d(boxes.subarray(4 * from, 4 * to), [1, to - from, 4])]);
    });
    return scored.map((parts) => tf.concat(parts, 0));
  }

  private scoreGrid(map: tf.Tensor4D, { shapes, columns, rows, x, y }: GridIntervals): tf.Tensor[] {
    const part = (values: Float32Array, n: number, from: number, to: number) =>
      tf.tensor4d(values.subarray(2 * n * from, 2 * n * to), [1, to - from, n, 2]);
    const scored = this.inPortions(shapes, columns * rows * map.shape[3], (from, to) => {
      return this.model.predict([map, part(x, columns, from, to), part(y, rows, from, to)]);
    });
    // From shape by shape, column by column, to the windows' order.
    return scored.map((parts) => {
      const byShape = tf.reshape(tf.concat(parts, 0), [shapes, columns, rows, -1]);
      return tf.transpose(byShape, [2, 1, 0, 3]);
    });
  }

  /** `run` on portions of n things whose bins hold so many values each; the parts of its two results. */
  private inPortions(
    n: number,
    values: number,
    run: (from: number, to: number) => tf.Tensor | tf.Tensor[],
  ): [tf.Tensor[], tf.Tensor[]] {
    const portion = Math.max(1, Math.floor(this.largestPooled / (this.config.roiSize ** 2 * values)));
    const out: [tf.Tensor[], tf.Tensor[]] = [[], []];
    for (let from = 0; from < n; from += portion) {
      const [logits, offsets] = tf.tidy(() => run(from, Math.min(from + portion, n))) as tf.Tensor[];
      out[0].push(logits);
      out[1].push(offsets);
    }
    return out;
  }

  /** Those of the last size are kept. */
  private windowsOf(width: number, height: number): Windows {
    if (this.windows?.width !== width || this.windows.height !== height) {
      const grid = { width, height, ...this.config.candidates };
      this.windows = { width, height, intervals: gridIntervals(grid), boxes: gridBoxes(grid) };
    }
    return this.windows;
  }
}
