import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { pack } from '@tfjs-compress/format';
import { loadModel } from '@tfjs-compress/runtime';
import { freeze } from '@tfjs-compress/runtime/internal';
import { MemoryHandler, relativeError, seededTensor } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { openFile, openFrozen, type Predict } from './client/engines.js';
import { describeInput } from './describe.js';
import { fileEngine, frozenEngine } from './engines.js';

function digits(): LayersModel {
  return sequential({
    layers: [
      layers.dense({ units: 30, activation: 'relu', inputShape: [64] }),
      layers.batchNormalization(),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

function convolutions(): LayersModel {
  return sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', inputShape: [9, 12, 3] }),
      layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu6' }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 3 }),
    ],
  });
}

function several(): LayersModel {
  const [words, numbers] = [
    input({ shape: [5], dtype: 'int32', name: 'words' }),
    input({ shape: [2], name: 'numbers' }),
  ];
  const read = layers.embedding({ inputDim: 7, outputDim: 4 }).apply(words) as SymbolicTensor;
  const state = layers.lstm({ units: 3 }).apply(read) as SymbolicTensor;
  const joined = layers.concatenate().apply([state, numbers]) as SymbolicTensor;
  const outputs = [4, 1].map((units) => layers.dense({ units }).apply(joined) as SymbolicTensor);
  return functional({ inputs: [words, numbers], outputs });
}

/** Both ways that a model is in a page, and what opens it there. */
async function engines(model: LayersModel): Promise<Predict[]> {
  const handler = new MemoryHandler();
  await model.save(handler);
  const artifacts = (await handler.load()) as tf.io.ModelArtifacts;
  const file = pack(artifacts);
  const { inputs: given } = await loadModel(file);
  const inputs = given.map((each) => describeInput(each, artifacts.modelTopology));
  Object.assign(globalThis, { tfjsCompress: { loadModel } });
  const frozen = await frozenEngine(
    await freeze(
      file,
      inputs.map(({ shape }) => shape!),
    ),
  );
  return [await openFile((await fileEngine(file, '')).payload, inputs), await openFrozen(frozen.payload, frozen.plan!)];
}

describe('a model in a page predicts what tfjs does, from its file and frozen', () => {
  it.each([
    ['dense layers', digits],
    ['convolutions', convolutions],
    ['several inputs and outputs, recurrent', several],
  ])('%s', async (_, make) => {
    const model = make();
    model.setWeights(model.getWeights().map((weight, i) => tf.abs(seededTensor(weight.shape, i + 1))));
    for (const seed of [1, 2]) {
      const inputs = model.inputs.map(({ shape, dtype }, i) => {
        const values = seededTensor([1, ...(shape.slice(1) as number[])], 50 * seed + i);
        return dtype === 'int32' ? tf.cast(tf.mod(tf.round(tf.mul(tf.abs(values), 5)), 7), 'int32') : values;
      });
      const expected = [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
      for (const predict of await engines(model)) {
        const values = inputs.map((each) => Float32Array.from(each.dataSync()));
        // The second time it starts with what the first has left in memory.
        for (let time = 0; time < 2; time++) {
          predict(values).forEach((received, i) => {
            expect(relativeError(received, expected[i].dataSync())).toBeLessThan(1e-5);
          });
        }
      }
    }
  });

  it('an index outside of a table is an error', async () => {
    for (const predict of await engines(several()))
      expect(() => predict([Float32Array.of(0, 1, 2, 3, 7), new Float32Array(2)])).toThrow(/index is outside/);
  });
});
