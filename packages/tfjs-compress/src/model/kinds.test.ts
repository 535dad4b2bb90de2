import { describe, expect, it } from 'vitest';
import { artifactsWith, graphArtifacts, layer, sequential } from '../testing.js';
import { summarize } from './summarize.js';
import { weightsOf } from './weights.js';

/** The kernels' paths, in the order of the network. */
const kernels = (...args: Parameters<typeof artifactsWith>) =>
  weightsOf(artifactsWith(...args))
    .filter(({ isCompressible }) => isCompressible)
    .map(({ path }) => path);

describe('kernels are found by the class and the field of their layer', () => {
  it('in the order of the network, not of the file; biases and statistics of two dimensions are not kernels', () => {
    const topology = sequential(
      layer('Conv3D', '21'),
      layer('PReLU', 'rectifier'),
      layer('GRU', 'gru'),
      layer('BatchNormalization', 'norm'),
      layer('Dense', 'dense'),
    );
    expect(
      kernels(topology, [
        ['dense/kernel', [2, 2]],
        ['dense/bias', [2]],
        ['gru/gru_cell/kernel', [2, 6]],
        ['gru/gru_cell/recurrent_kernel', [2, 6]],
        ['gru/gru_cell/bias', [2, 6]],
        ['norm/gamma', [1, 2]],
        ['rectifier/alpha', [2, 2]],
        ['21/kernel', [1, 1, 1, 1, 2]],
      ]),
    ).toEqual(['21/kernel', 'gru/cell/kernel', 'gru/cell/recurrentKernel', 'dense/kernel']);
  });

  it('in topologies of Keras, of camelCase, and of a Sequential that is a list', () => {
    const weights: Parameters<typeof artifactsWith>[1] = [['a/kernel', [2, 2]]];
    const camel = {
      className: 'Sequential',
      config: { layers: [{ className: 'Dense', config: { name: 'a', useBias: true } }] },
    };
    for (const topology of [
      { model_config: sequential(layer('Dense', 'a')), keras_version: '2.15.0' },
      { modelConfig: camel },
      camel,
      { class_name: 'Sequential', config: [layer('Dense', 'a')] },
    ])
      expect(kernels(topology, weights)).toEqual(['a/kernel']);
  });

  it('in nested models, wrappers and cells', () => {
    const topology = sequential(
      layer('Functional', 'inner', { layers: [layer('Dense', 'dense'), layer('SeparableConv2D', 'separable')] }),
      layer('TimeDistributed', 'td', { layer: layer('Dense', 'dense_1') }),
      layer('Bidirectional', 'bi', { layer: layer('LSTM', 'lstm') }),
      layer('RNN', 'rnn', {
        cell: layer('StackedRNNCells', 's', { cells: [layer('LSTMCell', 'a'), layer('GRUCell', 'b')] }),
      }),
    );
    const recurrent = (name: string): [string, number[]][] => [
      [`${name}/kernel`, [1, 1]],
      [`${name}/recurrent_kernel`, [1, 1]],
    ];
    const artifacts = artifactsWith(topology, [
      ['dense/kernel', [1, 1]],
      ['separable/depthwise_kernel', [1, 1, 1, 1]],
      ['separable/pointwise_kernel', [1, 1, 1, 1]],
      ['td/kernel', [1, 1]],
      ...recurrent('bi/backward_lstm/lstm_cell'),
      ...recurrent('bi/forward_lstm/lstm_cell'),
      ...recurrent('rnn'),
      ...recurrent('rnn'),
    ]);
    const found = weightsOf(artifacts);
    expect(found.map(({ path }) => path)).toEqual([
      'inner/dense/kernel',
      'inner/separable/depthwiseKernel',
      'inner/separable/pointwiseKernel',
      'td/dense_1/kernel',
      'bi/forward_lstm/cell/kernel',
      'bi/forward_lstm/cell/recurrentKernel',
      'bi/backward_lstm/cell/kernel',
      'bi/backward_lstm/cell/recurrentKernel',
      'rnn/cells/0/kernel',
      'rnn/cells/0/recurrentKernel',
      'rnn/cells/1/kernel',
      'rnn/cells/1/recurrentKernel',
    ]);
    expect(found.every(({ isCompressible }) => isCompressible)).toBe(true);
    expect(summarize(artifacts).layers.map(({ name }) => name)).toEqual(
      'dense separable td bi/forward_lstm bi/backward_lstm rnn/cells/0 rnn/cells/1'.split(' '),
    );
  });

  it('under the names of Keras 3, and where two nested models have layers of one name', () => {
    const two = sequential(
      layer('Sequential', 'a', { layers: [layer('Dense', 'dense')] }),
      layer('Sequential', 'b', { layers: [layer('Dense', 'dense')] }),
    );
    for (const names of [
      ['dense/kernel', 'dense/kernel'],
      ['a/dense/kernel', 'b/dense/kernel'],
      ['layers/sequential/layers/dense/vars/0', 'layers/sequential_1/layers/dense/vars/0'],
      ['kernel', 'kernel'],
    ]) {
      const [first, second] = weightsOf(
        artifactsWith(
          two,
          names.map((name) => [name, [1, 1]]),
        ),
      );
      expect([first.path, second.path, first.values[0] < second.values[0]], names[0]).toEqual([
        'a/dense/kernel',
        'b/dense/kernel',
        true,
      ]);
      expect([first.layer, second.layer]).toEqual(['a/dense', 'b/dense']);
    }
    const backwards = artifactsWith(two, [
      ['b/dense/kernel', [1, 1]],
      ['a/dense/kernel', [1, 1]],
    ]);
    expect(weightsOf(backwards).map(({ name }) => name)).toEqual(['a/dense/kernel', 'b/dense/kernel']);
  });

  it('of layers of the user by the names of kernels; without a topology, too', () => {
    const topology = sequential(layer('MyLayer', 'mine'));
    const weights: [string, number[]][] = [
      ['mine/kernel', [2, 2]],
      ['mine/attention_map', [2, 2]],
    ];
    expect(kernels(topology, weights)).toEqual(['mine/kernel']);
    expect(kernels(undefined, weights)).toEqual(['mine/kernel']);
  });

  it('a state is neither a kernel nor a weight: what it masks counts as zero', () => {
    const topology = sequential(layer('MaskedDense', 'dense', { targetSparsity: 0.5 }));
    const artifacts = artifactsWith(topology, [
      ['dense/kernel', [2, 2]],
      ['dense/bias', [2]],
      ['dense/kernel_state', [2, 2]],
    ]);
    const values = new Float32Array(artifacts.weightData as ArrayBuffer);
    values.set([0, 1, 2, 1], 6);
    const [kernel] = weightsOf(artifacts);
    expect([kernel.stateIndex, kernel.values[0], kernel.values[1]]).toEqual([2, 0, values[1]]);
    const { all, compressible, layers } = summarize(artifacts);
    expect([all.parameters, compressible]).toEqual([6, { parameters: 4, nonZeros: 3 }]);
    expect(layers[0].weights.map(({ name }) => name)).toEqual(['dense/kernel', 'dense/bias']);
  });

  it('of graph models by the operation that takes them, whether they say that they are one or not', () => {
    const { format: _, ...unsaid } = graphArtifacts();
    for (const artifacts of [graphArtifacts(), unsaid])
      expect(weightsOf(artifacts).map(({ name, isCompressible }) => [name, isCompressible])).toEqual([
        ['dense/kernel', true],
        ['offset', false],
      ]);
  });
});

it('the kernel of each operation of a graph model is the input that it takes it from', () => {
  const constants = ['sizes', 'k1', 'k2', 'k3', 'table'];
  const node = [
    ...constants.map((name) => ({ name, op: 'Const' })),
    { name: 'r', op: 'Identity', input: ['k2:0'] },
    { name: 'a', op: 'Conv2DBackpropInput', input: ['sizes', 'k1', 'x'] },
    { name: 'b', op: '_FusedConv2D', input: ['a', 'r', 'sizes'] },
    { name: 'c', op: 'FusedDepthwiseConv2dNative', input: ['b', '^k3', 'sizes'] },
    { name: 'd', op: 'GatherV2', input: ['table', 'c'] },
  ];
  const weights = constants.map((name): [string, number[]] => [name, [1, 1]]);
  const found = weightsOf({ ...artifactsWith({ node }, weights), format: 'graph-model' });
  expect(found.filter(({ isCompressible }) => isCompressible).map(({ name }) => name)).toEqual(['k1', 'k2', 'k3']);
});

it('bytes in the file belong to their weight where names repeat', () => {
  const topology = sequential(layer('RNN', 'rnn', { cells: [layer('LSTMCell', 'a'), layer('LSTMCell', 'b')] }));
  const { layers } = summarize(
    artifactsWith(topology, [
      ['rnn/kernel', [40, 40]],
      ['rnn/kernel', [2, 2]],
    ]),
  );
  const [large, small] = layers.map(({ fileBytes }) => fileBytes);
  expect(large).toBeGreaterThan(10 * small);
});

it('a few float32 values are not a codebook; powers of two are, however few', () => {
  const of = (values: number[]) => {
    const artifacts = artifactsWith(sequential(layer('Dense', 'a')), [['a/kernel', [1, values.length]]]);
    return summarize({ ...artifacts, weightData: Float32Array.from(values).buffer }).layers[0].bits;
  };
  expect(of([0.1, 0.2, 0.3, -0.7])).toBe(32);
  expect(of([0.5, 0, -0.25])).toBe(2);
  expect(of(Array.from({ length: 300 }, (_, i) => Math.sin(i)))).toBe(32);
});
