import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { readModel } from '../cli/readModel.js';
import { artifactsWith, graphArtifacts, layer, sequential } from '../testing.js';
import { repair } from './repair.js';
import { constraintClasses, initializerClasses, layerClasses } from './tfjsClasses.js';

/** Made by benchmarks/keras-repair, with Keras' own predictions. */
const fixtures = fileURLToPath(new URL('../../fixtures/keras3/', import.meta.url));

interface Tensors {
  shape: number[];
  values: number[];
}

describe('models of Keras 3', () => {
  it.each(readdirSync(fixtures))('%s predicts in tfjs what it does in Keras', async (name) => {
    const { artifacts } = readModel(`${fixtures}${name}`);
    await expect(loadLayersModel({ load: async () => artifacts })).rejects.toThrow();
    const { artifacts: repaired, changes } = repair(artifacts);
    expect(changes.length).toBeGreaterThan(0);
    const model = await loadLayersModel({ load: async () => repaired });
    const example: Record<'inputs' | 'outputs', Tensors[]> = JSON.parse(
      readFileSync(`${fixtures}${name}/example.json`, 'utf8'),
    );
    const x = example.inputs.map(({ shape, values }) => tf.tensor(values, shape));
    const y = [model.predict(x.length === 1 ? x[0] : x)].flat();
    expect(y.length).toBe(example.outputs.length);
    example.outputs.forEach(({ shape, values }, i) => {
      expect(y[i].shape).toEqual(shape);
      const found = y[i].dataSync();
      values.forEach((value, j) => {
        expect(found[j]).toBeCloseTo(value, 5);
      });
    });
    // A second time there is nothing to do.
    expect(repair(repaired)).toEqual({ artifacts: repaired, changes: [] });
  });
});

describe('models of tf-keras', () => {
  it('regularizers L1 and L2, and layers that change nothing in predictions', async () => {
    const l2 = { class_name: 'L2', config: { l2: 0.25 } };
    const topology = sequential(
      layer('RandomFlip', 'flip', { mode: 'horizontal', batch_input_shape: [null, 2] }),
      layer('Dense', 'a', { units: 1, use_bias: false, kernel_regularizer: l2, batch_input_shape: [null, 2] }),
    );
    const given = artifactsWith(topology, [['a/kernel', [2, 1]]]);
    const { artifacts, changes } = repair(given);
    expect(changes.join()).toMatch(/linear activations now \(flip\).*L1L2 now \(a\)/);
    expect(JSON.stringify(artifacts.modelTopology)).toContain('{"l1":0,"l2":0.25}');
    const [, dense] = (artifacts.modelTopology as any).config.layers;
    expect(dense.config.kernel_regularizer).toEqual({ class_name: 'L1L2', config: { l1: 0, l2: 0.25 } });
  });

  it('a model that tfjs loads stays as it is', () => {
    const given = artifactsWith(
      sequential(layer('Dense', 'a', { units: 1, use_bias: false, batch_input_shape: [null, 2] })),
      [['a/kernel', [2, 1]]],
    );
    expect(repair(given)).toEqual({ artifacts: given, changes: [] });
  });
});

describe('what tfjs has nothing for is named, all of it at once', () => {
  const refused = (...given: object[]) => {
    try {
      repair(artifactsWith({ ...sequential(...given), keras_version: '3.8.0' }, []));
      return 'nothing';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each([
    ['Lambda', {}, "layer 'x' is a Lambda: it holds Python code"],
    ['MultiHeadAttention', {}, "layer 'x' is a MultiHeadAttention: tfjs does not have it"],
    ['GRU', { reset_after: true }, 'reset_after is true'],
    ['Conv2D', { groups: 2 }, 'no groups'],
    ['ReLU', { threshold: 1 }, 'no threshold'],
    ['GlobalAveragePooling2D', { keepdims: true }, 'no keepdims'],
    ['Dense', { activation: 'celu' }, "tfjs has no activation 'celu'"],
    ['Dense', { activation: 'hard_sigmoid' }, 'hard_sigmoid of Keras 3 is another function'],
  ])('%s %j', (className, config, message) => {
    const text = refused(layer(className, 'x', config), layer('Lambda', 'other'));
    expect(text).toMatch(/^cannot be repaired: /);
    expect(text).toContain(message);
    expect(text).toContain("layer 'other' is a Lambda");
  });

  it('weights that belong to no layer, and layers without weights', () => {
    const topology = sequential(layer('Dense', 'a', { use_bias: false }));
    expect(() => repair(artifactsWith(topology, []))).toThrow("weight 'a/kernel' is not in the file");
    const two: [string, number[]][] = [
      ['a/kernel', [1, 1]],
      ['other/scale', [1]],
    ];
    expect(() => repair(artifactsWith(topology, two))).toThrow("weight 'other/scale' belongs to no layer");
  });

  it('graph models, and what is not a model', () => {
    expect(() => repair(graphArtifacts())).toThrow('this is a graph model');
    expect(() => repair(artifactsWith({ a: 1 }, []))).toThrow('not the topology of a layers model');
  });
});

it('the classes are those of the tfjs that is installed', () => {
  expect(layers).toBeDefined();
  const registered = Object.keys(tf.serialization.SerializationMap.getMap().classNameMap);
  const known = [...layerClasses, ...initializerClasses, ...constraintClasses];
  expect(known.filter((name) => !registered.includes(name))).toEqual([]);
});
