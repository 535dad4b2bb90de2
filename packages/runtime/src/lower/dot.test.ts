import * as tfl from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { expectEqual, runtimeFrom } from '../testing/expectEqual.js';

function modelOf(a: number[], b: number[], axes: number | [number, number], normalize: boolean): tfl.LayersModel {
  const inputs = [a, b].map((shape) => tfl.input({ shape }));
  const outputs = tfl.layers.dot({ axes, normalize }).apply(inputs) as tfl.SymbolicTensor;
  return tfl.model({ inputs, outputs });
}

describe('Dot', () => {
  const cases: [number[], number[], number | [number, number]][] = [
    [[5], [5], 1],
    [[5], [5], -1],
    [[3, 4], [3, 6], 1],
    [[3, 4], [6, 4], 2],
    [[3, 4], [6, 4], -1],
    [
      [3, 4],
      [6, 3],
      [1, 2],
    ],
    [
      [3, 4],
      [4, 6],
      [2, 1],
    ],
    [[3, 4], [4], [2, 1]],
    [[3, 4], [3], [1, 1]],
    [[4], [4, 3], [1, 1]],
    [[4], [3, 4], [1, 2]],
  ];
  for (const [a, b, axes] of cases) {
    for (const normalize of [false, true]) {
      it(`matches tfjs for [${a}] and [${b}] along ${axes}, normalize ${normalize}`, async () => {
        const inputs = (batch: number) => [seededTensor([batch, ...a], 1), seededTensor([batch, ...b], 2)];
        await expectEqual(modelOf(a, b, axes, normalize), [inputs(1), inputs(3)]);
      });
    }
  }

  it('refuses axes that do not fit', async () => {
    const artifacts = await artifactsOf(modelOf([2, 4], [4], [2, 1], false));
    const changed = JSON.parse(JSON.stringify(artifacts).replace('"axes":[2,1]', '"axes":[1,1]'));
    expect(() => runtimeFrom(changed)).toThrow('(Dot): the shapes [1,2,4] and [1,4] do not fit together.');
  });
});
