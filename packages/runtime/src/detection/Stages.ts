import { type Boxes, check, gridIntervals } from '@tfjs-compress/math/internal';
import type { Graph } from '../graph/Graph.js';
import { type Lowered, lowerGraph } from '../lower/lowerGraph.js';
import { Builder, type Lowerings } from '../program/Builder.js';
import type { Instance } from '../program/Program.js';
import type { Network } from './network.js';
import { poolBoxes, type RoI } from './poolBoxes.js';
import type { PreparedImage } from './prepareImage.js';
import { type DetectorConfig, gridOf } from './readConfig.js';
import { Stage } from './Stage.js';
import { scoreGrid } from './scoreGrid.js';

/** Values of pooled windows that are in memory at once: 32 MB. */
const mostPooled = 8e6;

/**
 * Proposals that are classified at once, and what their number is a multiple of, so that
 * there are few sizes to plan for.
 */
const [mostBoxes, unitOfBoxes] = [128, 16];

/** A map of an image: [1, height, width, channels]. */
export interface FeatureMap {
  values: Float32Array;
  shape: number[];
}

/** What a detector's stages are made of. */
export interface StagesArgs {
  network: Network;
  config: DetectorConfig;
  instance: Instance;
  lowerings: Lowerings;
  /** Passes over a graph. */
  prepare: (graph: Graph) => Graph;
  maxBytes?: number;
}

/** The network's three parts. */
export class Stages {
  private readonly features: Stage;
  private readonly windows: Stage;
  private readonly proposals: Stage;

  /** @throws UnsupportedLayerError for a layer that cannot be run. */
  constructor(private readonly args: StagesArgs) {
    const { network, config, instance, lowerings, prepare, maxBytes } = args;
    const features = prepare(network.features);
    this.features = new Stage(instance, (shape) => this.lowerFeatures(features, shape));
    const [windows, proposals] = [network.windows, network.proposals].map((part) => {
      const graph = prepare(part);
      // What cannot be run is refused here.
      const [, ...sizes] = part.inputs[0].node.layer.config.batchInputShape as number[];
      lowerGraph(graph, [[1, ...sizes]], lowerings, maxBytes);
      return new Stage(instance, (shape) => lowerGraph(graph, [shape], lowerings, maxBytes));
    });
    [this.windows, this.proposals] = [windows, proposals];
    const side = 2 * config.deepestStride;
    this.lowerFeatures(features, [1, side, side, 3]);
  }

  /** The Hyper Feature of an image, and logits and offsets of its windows. */
  score({ input, shape }: PreparedImage, windows: Boxes) {
    const { network, config } = this.args;
    const [hyperValues, second] = this.features.run(input, shape);
    const hyper = mapOf(hyperValues, shape, config);
    if (network.grid) return { hyper, ...split(second) };
    const map = mapOf(second, shape, config);
    const { windowRoI } = network;
    const most = Math.floor(mostPooled / (windowRoI.size ** 2 * map.shape[3]));
    const portion = Math.max(1, Math.min(most, windows.length / 4));
    const [logits, offsets] = onBoxes(this.windows, map, windows, windowRoI, portion, portion);
    return { hyper, logits, offsets };
  }

  /** A copy of the Hyper Feature of an image, which later images leave as it is. */
  hyperOf({ input, shape }: PreparedImage): FeatureMap {
    const [values] = this.features.run(input, shape);
    return mapOf(values.slice(), shape, this.args.config);
  }

  /** Probabilities [n, 1 + classes] and offsets [n, 4 · classes] of proposals. */
  classify(hyper: FeatureMap, boxes: Boxes): Float32Array[] {
    return onBoxes(this.proposals, hyper, boxes, this.args.network.proposalRoI, mostBoxes, unitOfBoxes);
  }

  private lowerFeatures(graph: Graph, shape: number[]): Lowered {
    const { network, config, lowerings, maxBytes } = this.args;
    const { mapStride } = config;
    const builder = new Builder(lowerings, maxBytes);
    const inputs = [builder.value(shape)];
    const [hyper, map] = builder.apply(graph, inputs);
    const wanted = [1, shape[1] / mapStride, shape[2] / mapStride];
    for (const { shape: found } of [hyper, map])
      check(`${found.slice(0, -1)}` === `${wanted}`, 'strides', `maps of shape [${wanted}]`, found);
    const second = network.grid ? scoreGrid(builder, map, gridIntervals(gridOf(config, shape)), network.grid) : map;
    return { builder, inputs, outputs: [hyper, second].map((value) => builder.rows(value)) };
  }
}

function mapOf(values: Float32Array, [, rows, columns]: number[], { mapStride }: DetectorConfig): FeatureMap {
  const [height, width] = [rows / mapStride, columns / mapStride];
  return { values, shape: [1, height, width, values.length / (height * width)] };
}

/**
 * Pools boxes and runs a stage on them, at most `most` at once, filled up to a multiple
 * of `unit`.
 */
function onBoxes(stage: Stage, map: FeatureMap, boxes: Boxes, roi: RoI, most: number, unit: number): Float32Array[] {
  const n = boxes.length / 4;
  const pooledShape = [roi.size, roi.size, map.shape[3]];
  const out: Float32Array[] = [];
  for (let from = 0; from < n; from += most) {
    const count = Math.min(most, n - from);
    const batch = Math.ceil(count / unit) * unit;
    const input = new Float32Array(batch * roi.size ** 2 * map.shape[3]);
    input.set(poolBoxes(map.values, map.shape, boxes.subarray(4 * from, 4 * (from + count)), roi));
    stage.run(input, [batch, ...pooledShape]).forEach((values, i) => {
      const width = values.length / batch;
      out[i] ??= new Float32Array(n * width);
      out[i].set(values.subarray(0, count * width), from * width);
    });
  }
  return out;
}

/** [n, 5] as logits [n] and offsets [n, 4]. */
function split(scores: Float32Array) {
  const n = scores.length / 5;
  const logits = new Float32Array(n);
  const offsets = new Float32Array(4 * n);
  for (let i = 0; i < n; i++) {
    logits[i] = scores[5 * i];
    for (let j = 0; j < 4; j++) offsets[4 * i + j] = scores[5 * i + 1 + j];
  }
  return { logits, offsets };
}
