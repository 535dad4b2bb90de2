import { storedWeights, valuesOf } from '@tfjs-compress/format/internal';
import { describe, expect, it } from 'vitest';
import { artifactsWith, graphArtifacts, layer, sequential } from '../testing.js';
import { prune, quantize } from './transform.js';

const zeros = (values: Float32Array) => values.filter((value) => value === 0).length;

describe('prune', () => {
  it('changes kernels and nothing else, whatever lies before them in the data, and marks them', () => {
    const topology = sequential(layer('Dense', 'a'), layer('LSTM', 'b'));
    const given = artifactsWith(topology, [
      ['odd/flags', [3], { dtype: 'bool' }],
      ['a/kernel', [2, 4]],
      ['a/bias', [4]],
      ['b/lstm_cell/kernel', [2, 4]],
    ]);
    given.userDefinedMetadata = { mine: 1, tfjsCompress: { progress: {}, pruned: ['c/kernel'] } };
    const before = structuredClone(given);
    const { artifacts, kernels } = prune(given, 0.5);
    expect(given).toEqual(before);
    const [flags, kernel, bias, recurrent] = storedWeights(artifacts).map(valuesOf);
    expect([zeros(kernel), zeros(recurrent)]).toEqual([4, 4]);
    expect([flags, bias]).toEqual([0, 2].map((i) => valuesOf(storedWeights(before)[i])));
    expect(kernels).toEqual(['a/kernel', 'b/cell/kernel']);
    expect(artifacts.userDefinedMetadata).toEqual({
      mine: 1,
      tfjsCompress: { version: 2, progress: {}, pruned: ['c/kernel', 'a/kernel', 'b/cell/kernel'] },
    });
  });

  it('sets the state of a layer that has one, so that the zeros hold', () => {
    const given = artifactsWith(sequential(layer('PowerOfTwoConv2D', 'a')), [
      ['a/kernel', [1, 1, 2, 2]],
      ['a/kernel_state', [1, 1, 2, 2]],
    ]);
    new Float32Array(given.weightData as ArrayBuffer).set([1, 2, 2, 1], 4);
    const { artifacts, kernels } = prune(given, 0.5);
    const [kernel, state] = storedWeights(artifacts).map(valuesOf);
    expect([...kernel].map((value) => value === 0)).toEqual([true, true, false, false]);
    expect([...state]).toEqual([0, 0, 2, 1]);
    expect(kernels).toEqual(['a/kernel']);
  });

  it('makes kernels that are stored with fewer bits float32, and says so', () => {
    const quantization = { dtype: 'uint8' as const, scale: 0.5, min: -1.25 };
    const given = artifactsWith(sequential(layer('Dense', 'a')), [['a/kernel', [1, 4], { quantization }]]);
    const { artifacts, notes } = prune(given, 0.5);
    expect(artifacts.weightSpecs).toEqual([{ name: 'a/kernel', shape: [1, 4], dtype: 'float32' }]);
    expect([...new Float32Array(artifacts.weightData as ArrayBuffer)]).toEqual([-0.75, 0, 0, 0.75]);
    expect(notes[0]).toContain('stored as uint8');
  });
});

describe('quantize', () => {
  it('rounds what a masked layer computes with', () => {
    const given = artifactsWith(sequential(layer('MaskedDense', 'a')), [
      ['a/kernel', [1, 4]],
      ['a/kernel_state', [1, 4]],
    ]);
    new Float32Array(given.weightData as ArrayBuffer).set([0, 1, 1, 1], 4);
    const [kernel, state] = storedWeights(quantize(given, 4).artifacts).map(valuesOf);
    expect([...kernel]).toEqual([0, -1, 1, -1]);
    expect([...state]).toEqual([0, 1, 1, 1]);
  });

  it('takes the kernels of graph models, and says where there are none', () => {
    const { artifacts, kernels } = quantize(graphArtifacts(), 3);
    expect(kernels).toEqual(['dense/kernel']);
    expect([...valuesOf(storedWeights(artifacts)[0])]).toEqual([1, -1, 1, -1]);
    const none = { ...graphArtifacts(), modelTopology: { node: [] } };
    expect(() => quantize(none, 3)).toThrow(
      'this graph model has no constant that a convolution or a matrix product takes',
    );
    expect(() => quantize(artifactsWith(sequential(layer('Flatten', 'a')), []), 3)).toThrow('the model has no kernel');
  });

  it('names a weight whose values are not finite', () => {
    const given = artifactsWith(sequential(layer('Dense', 'a')), [['a/kernel', [1, 2]]]);
    new Float32Array(given.weightData as ArrayBuffer)[1] = Number.NaN;
    expect(() => quantize(given, 3)).toThrow("weight 'a/kernel' has values that are not finite");
  });
});
