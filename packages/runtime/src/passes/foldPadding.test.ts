import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph/Graph.js';
import { UnsupportedLayerError } from '../graph/UnsupportedLayerError.js';
import { expectSame, randomize, runtimeOf } from '../testing/compare.js';
import { foldPadding } from './foldPadding.js';
import { optimize } from './optimize.js';

/** The pass, which notes the classes that are left. */
function noting() {
  const left: string[] = [];
  const prepare = (graph: Graph): Graph => {
    const folded = foldPadding(graph);
    left.push(...folded.nodes.map(({ layer }) => layer.className));
    return folded;
  };
  return { prepare, left };
}

const paddings: [number, [number, number] | [[number, number], [number, number]]][] = [
  [1, [1, 1]],
  [2, [1, 1]],
  [
    2,
    [
      [0, 1],
      [0, 1],
    ],
  ],
  [
    1,
    [
      [3, 0],
      [1, 5],
    ],
  ],
];

for (const dataFormat of ['channelsLast', 'channelsFirst'] as const) {
  describe(`foldPadding, ${dataFormat}`, () => {
    const inputShape = dataFormat === 'channelsLast' ? [9, 8, 3] : [3, 9, 8];
    const options = { kernelSize: 3, activation: 'relu6' as const, dataFormat };
    for (const [strides, padding] of paddings) {
      const zeros = () => layers.zeroPadding2d({ inputShape, padding, dataFormat } as never);
      it(`puts ${JSON.stringify(padding)} into convolutions with strides of ${strides}`, async () => {
        const all = [
          layers.conv2d({ ...options, filters: 4, strides }),
          layers.conv2d({ ...options, kernelSize: 1, filters: 4, strides }),
          layers.depthwiseConv2d({ ...options, strides }),
          // With channels first, tfjs computes it wrongly or not at all.
          ...(dataFormat === 'channelsLast' ? [layers.separableConv2d({ ...options, filters: 4, strides })] : []),
        ];
        for (const layer of all) {
          const { prepare, left } = noting();
          const net = sequential({ layers: [zeros(), layer] });
          randomize(net, 5);
          await expectSame(net, { prepare, batches: [1, 3] });
          expect(left).toEqual(['InputLayer', layer.getClassName()]);
          net.dispose();
        }
      });
    }
  });
}

it('keeps zeros that others see too, and those in front of other layers', async () => {
  const x = input({ shape: [6, 6, 2] });
  const padded = layers.zeroPadding2d({ padding: 1 }).apply(x) as SymbolicTensor;
  const convolved = layers.conv2d({ filters: 2, kernelSize: 3 }).apply(padded) as SymbolicTensor;
  const nets = [
    model({ inputs: x, outputs: [convolved, padded] }),
    sequential({
      layers: [
        layers.zeroPadding2d({ inputShape: [6, 6, 2] }),
        layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
        layers.zeroPadding2d({ dataFormat: 'channelsFirst' }),
        layers.conv2d({ filters: 2, kernelSize: 3 }),
        layers.zeroPadding2d({}),
        layers.maxPooling2d({}),
      ],
    }),
  ];
  for (const net of nets) {
    const { prepare, left } = noting();
    randomize(net, 5);
    await expectSame(net, { prepare });
    expect(left.filter((name) => name === 'ZeroPadding2D')).toHaveLength(net === nets[0] ? 1 : 3);
    net.dispose();
  }
});

it('names the layer whose padding is none', async () => {
  const net = sequential({
    layers: [
      layers.zeroPadding2d({ inputShape: [4, 4, 1], name: 'zeros' }),
      layers.conv2d({ filters: 1, kernelSize: 3 }),
    ],
  });
  const spoil = (graph: Graph): Graph => {
    graph.nodes[1].layer.config.padding = [[-1, 0], 2];
    return optimize(graph);
  };
  await expect(runtimeOf(net, spoil)).rejects.toThrow(UnsupportedLayerError);
  await expect(runtimeOf(net, spoil)).rejects.toThrow(/zeros.*expected whole numbers/);
  net.dispose();
});
