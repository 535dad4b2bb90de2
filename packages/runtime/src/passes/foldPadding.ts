import type { Graph } from '../graph/Graph.js';
import { refusing } from '../graph/UnsupportedLayerError.js';
import { margins } from '../lower/geometry.js';
import { absorb } from './rewrite.js';

/** Layers that see zeros around their input without a copy of it. */
const sliding = /^(Conv2D|(Depthwise|Separable)Conv2D)$/;

const formatOf = (config: Record<string, any>): string => config.dataFormat ?? 'channelsLast';

/** Puts the zeros of a ZeroPadding2D into the convolution behind it. */
export function foldPadding(graph: Graph): Graph {
  return absorb(graph, ({ layer }, { layer: before }) => {
    if (before.className !== 'ZeroPadding2D' || !sliding.test(layer.className)) return undefined;
    if ((layer.config.padding ?? 'valid') !== 'valid' || formatOf(layer.config) !== formatOf(before.config))
      return undefined;
    return { ...layer, margins: refusing(before, () => margins(before.config, 'padding', 1)) };
  });
}
