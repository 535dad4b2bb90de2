import { gridBoxes, gridIntervals } from '@tfjs-compress/math/internal';
import { relativeError, seededValues } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { Builder } from '../program/Builder.js';
import { all } from '../program/binaries.js';
import { instantiate } from '../program/instantiate.js';
import { Matrix } from '../program/Matrix.js';
import { poolBoxes } from './poolBoxes.js';
import { Stage } from './Stage.js';
import { places, scoreGrid, type WindowHead } from './scoreGrid.js';

const [height, width, stride] = [7, 11, 4];
const [channels, units] = [3, 6];

/**
 * Window by window: pooled, what the places of the convolution see added up, two dense
 * layers.
 */
function direct(map: Float32Array, depth: number, grid: Parameters<typeof gridBoxes>[0], head: WindowHead) {
  const boxes = gridBoxes(grid);
  const { size } = head.roi;
  const roi = { ...head.roi, isMax: false };
  const pooled = poolBoxes(map, [1, height, width, depth], boxes, roi);
  const scores: number[] = [];
  for (let box = 0; box < boxes.length / 4; box++) {
    const features: number[] = [];
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        for (let c = 0; c < channels; c++) {
          let sum = head.bias?.[c] ?? 0;
          places(head.reach).forEach(([dy, dx], place) => {
            const [row, column] = [y + dy, x + dx];
            const isInside = row >= 0 && row < size && column >= 0 && column < size;
            if (isInside) sum += pooled[((box * size + row) * size + column) * depth + place * channels + c];
          });
          features.push(sum);
        }
    const times = (from: number[], { values, columns }: Matrix, bias: Float32Array) =>
      [...bias].map((b, j) => from.reduce((sum, each, i) => sum + each * values[i * columns + j], b));
    const hidden = times(features, head.hidden.matrix, head.hidden.bias!).map((each) => Math.max(each, 0));
    scores.push(...times(hidden, head.scores.matrix, head.scores.bias));
  }
  return scores;
}

const instance = await instantiate(all);

for (const reach of [0, 1, 2]) {
  for (const samplingRatio of [1, 2, 0]) {
    it(`reach ${reach}, samplingRatio ${samplingRatio}: scores every window as one by one, in their order`, () => {
      const depth = channels * (2 * reach + 1) ** 2;
      const size = 4;
      const inputs = size * size * channels;
      const head: WindowHead = {
        roi: { size, stride, samplingRatio },
        reach,
        channels,
        ...(reach > 0 && { bias: seededValues(channels, 5) }),
        hidden: {
          matrix: new Matrix(seededValues(inputs * units, 1), inputs, units),
          bias: seededValues(units, 2),
          activation: 'relu',
        },
        scores: { matrix: new Matrix(seededValues(units * 5, 3), units, 5), bias: seededValues(5, 4) },
      };
      const grid = { width: width * stride, height: height * stride, stride: 6, scales: [5, 14], ratios: [0.5, 1, 3] };
      const map = seededValues(height * width * depth, 6);
      const stage = new Stage(instance, (shape) => {
        const builder = new Builder({});
        const input = builder.value(shape);
        const output = scoreGrid(builder, input, gridIntervals(grid), head);
        return { builder, inputs: [input], outputs: [builder.rows(output)] };
      });
      const expected = direct(map, depth, grid, head);
      for (let run = 0; run < 2; run++) {
        const [received] = stage.run(map, [1, height, width, depth]);
        expect(received.length).toBe(expected.length);
        expect(relativeError(received, expected)).toBeLessThan(1e-5);
        // Nothing of what is left in memory may reach the next result.
        const { base, start } = (stage as any).programs[0].program;
        new Float32Array(instance.memory.memory.buffer, base, (start - base) / 4).fill(Number.NaN);
      }
    });
  }
}
