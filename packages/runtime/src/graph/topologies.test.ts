import { describe, expect, it } from 'vitest';
import type { Graph } from './Graph.js';
import { readGraph } from './readGraph.js';
import { UnsupportedLayerError } from './UnsupportedLayerError.js';

type Json = Record<string, any>;

const layer = (class_name: string, name: string, config: Json = {}, inbound?: unknown): Json => ({
  class_name,
  name,
  config: { name, ...config },
  ...(inbound !== undefined && { inbound_nodes: inbound }),
});
const dense = (name: string, inbound?: unknown, more = {}) =>
  layer('Dense', name, { units: 2, use_bias: false, activation: 'hard_sigmoid', ...more }, inbound);
const input = (name = 'x') => layer('InputLayer', name, { batch_input_shape: [null, 2] }, []);
const sequential = (...layers: Json[]) => layer('Sequential', 'chain', { layers });
const model = (layers: Json[], outputs: unknown, inputs: unknown = [['x', 0, 0]], name = 'm') =>
  layer('Functional', name, { layers, input_layers: inputs, output_layers: outputs });
const from = (...names: string[]) => [names.map((name) => [name, 0, 0, {}])];

/**
 * Reads a topology with 2 × 2 weights of these names, each filled with its place from 1.
 */
function read(modelTopology: unknown, names = ['a/kernel'], shape = [2, 2]): Graph {
  const weights = names.map((name, i) => ({ name, shape, values: new Float32Array(4).fill(i + 1) }));
  return readGraph({ modelTopology }, weights);
}

const first = (graph: Graph) => graph.nodes.map(({ layer }) => layer.weights.kernel?.values[0]).filter((each) => each);
const first2 = (topology: unknown, names: string[]) => first(read(topology, names));

describe('topologies', () => {
  const a = dense('a', undefined, { batch_input_shape: [null, 2] });
  const spellings: [string, unknown][] = [
    ['of tfjs', sequential(a)],
    ['of Keras', { model_config: sequential(a), keras_version: '2.15.0' }],
    ['in camelCase', { modelConfig: { className: 'Sequential', config: { layers: [input(), dense('a')] } } }],
    ['a list', { class_name: 'Sequential', config: [a] }],
    ['inputShape', sequential(dense('a', undefined, { inputShape: [2] }))],
    ['input_dim', sequential(dense('a', undefined, { input_dim: 2 }))],
    ['of Keras 3', sequential(layer('InputLayer', 'x', { batch_shape: [null, 2] }), dense('a'))],
    ['a graph', model([input(), dense('a', from('x'))], [['a', 0, 0]])],
    ['in another order, one output alone', model([dense('a', from('x')), input()], ['a', 0, 0], ['x', 0, 0])],
    [
      'calls of Keras 3',
      model(
        [
          input(),
          dense('a', [
            { args: [{ class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } }], kwargs: {} },
          ]),
        ],
        [['a', 0, 0]],
      ),
    ],
  ];
  for (const [name, topology] of spellings)
    it(`are read: ${name}`, () => {
      const { inputs, outputs, nodes } = read(topology);
      expect(nodes.map(({ layer: { className } }) => className)).toEqual(['InputLayer', 'Dense']);
      expect([inputs[0].node, outputs[0].node]).toEqual(nodes);
      expect(nodes[1].inputs).toEqual([{ node: nodes[0], index: 0 }]);
      expect(nodes[0].layer.config.batchInputShape).toEqual([null, 2]);
      expect(nodes[1].layer.config).toMatchObject({ units: 2, useBias: false, activation: 'hardSigmoid' });
    });

  it('have layers whose config is a list of nothing, which are no models', () => {
    const { nodes } = read(sequential(input(), { class_name: 'Flatten', config: [] }));
    expect(nodes.map(({ layer: { className } }) => className)).toEqual(['InputLayer', 'Flatten']);
  });

  it('have activations as objects', () => {
    const of = (activation: unknown) => read(sequential(input(), dense('a', undefined, { activation })));
    const activation = (graph: Graph) => graph.nodes[1].layer.config.activation;
    expect(activation(of({ class_name: 'relu6', config: {} }))).toBe('relu6');
    const leaky = { class_name: 'LeakyReLU', config: { alpha: 0.1, name: 'some_name' } };
    expect(activation(of(leaky))).toEqual({ className: 'LeakyReLU', config: { alpha: 0.1, name: 'some_name' } });
  });

  it('have classes that are not known here, and layers that no output needs', () => {
    const unknown = model(
      [input(), layer('Mine', 'mine', { some_key: 1 }, from('x')), dense('b', from('x'))],
      from('mine')[0],
    );
    const { nodes } = read(unknown, []);
    expect(nodes.map(({ layer }) => layer.className)).toEqual(['InputLayer', 'Mine']);
    expect(nodes[1].layer).toMatchObject({ path: 'mine', config: { someKey: 1 }, weights: {} });
  });
});

describe('names of weights', () => {
  const two = sequential(
    layer('Sequential', 'one', { layers: [input(), dense('a')] }),
    layer('Sequential', 'two', { layers: [input(), dense('a')] }),
  );
  it.each([
    [sequential(input(), dense('a')), ['a/kernel'], [1]],
    [sequential(input(), dense('a')), ['a/cell/kernel'], [1]],
    [sequential(input(), dense('a')), ['chain/a/kernel'], [1]],
    [sequential(input(), dense('a'), dense('a_1')), ['a_1/0', 'a/0'], [2, 1]],
    [two, ['two/a/kernel', 'one/a/kernel'], [2, 1]],
    [two, ['chain/two/a/kernel', 'chain/one/a/kernel'], [2, 1]],
    [two, ['a/kernel', 'a/kernel'], [1, 2]],
  ])('%#', (topology, names, expected) => {
    expect(first2(topology, names)).toEqual(expected);
  });

  it('masks and powers of two are in the kernel', () => {
    const masked = layer('MaskedDense', 'a', { units: 2, use_bias: false, target_sparsity: 0.5 });
    const weights = [
      { name: 'a/kernel', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) },
      { name: 'a/kernel_state', shape: [2, 2], values: Float32Array.of(1, 0, 2, 0) },
    ];
    const { layer: read } = readGraph({ modelTopology: sequential(input(), masked) }, weights).nodes[1];
    expect([read.className, [...read.weights.kernel.values]]).toEqual(['Dense', [1, 0, 3, 0]]);
    expect([...weights[0].values]).toEqual([1, 2, 3, 4]);
  });
});

describe('refused', () => {
  it.each<[string, unknown, RegExp, string[]?]>([
    ['no layers model', { node: [] }, /graph model \(tf\.GraphModel\)/],
    ['nothing', undefined, /no topology/],
    ['a missing weight', sequential(input(), dense('a')), /^layer 'a' \(Dense\): .*'a\/kernel' of shape \[any,2\]/, []],
    ['a wrong shape', sequential(input(), dense('a', undefined, { units: 3 })), /\[2,2\], expected \[any,3\]/],
    ['no units', sequential(input(), dense('a', undefined, { units: null })), /expected \[any,NaN\]/],
    ['a missing layer', model([input(), dense('a', from('b'))], from('a')[0]), /'a' \(Dense\): 'b' is not a layer/],
    ['a circle', model([input(), dense('a', from('b')), dense('b', from('a'))], from('b')[0]), /depends on itself/],
    ['a missing output', model([input(), dense('a', from('x'))], [['a', 0, 1]]), /output 1 of application 0 of 'a'/],
    ['a missing application', model([input(), dense('a', from('x'))], [['a', 1, 0]]), /application 1 of 'a'/],
    ['odd references', model([input(), dense('a', [[[{}, -1, 'x']]])], [['a', 0, 0]]), /is not a layer/],
    ['an input that is none', model([dense('a', from('a'))], [['a', 0, 0]], [['a', 0, 0]]), /not an InputLayer/],
    ['no outputs', model([input()], []), /has no outputs/],
    ['two layers of one name', model([input(), input()], [['x', 0, 0]]), /same name/],
    ['no input shape', sequential(dense('a')), /batchInputShape has to be/],
    ['an input shape of text', sequential(dense('a', undefined, { batch_input_shape: [null, '2'] })), /list of sizes/],
    ['layers that are none', sequential(input(), 5 as any), /has to be an object, received 5/],
  ])('%s', (_, topology, message, names) => {
    expect(() => read(topology, names)).toThrow(message);
  });

  it('names path and class of the layer', () => {
    const nested = layer('Sequential', 'trunk', { layers: [input(), dense('a', undefined, { units: 7 })] });
    try {
      read(sequential(nested));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UnsupportedLayerError);
      expect(error).toMatchObject({ layer: 'trunk/a', className: 'Dense' });
    }
  });

  it('models that call each other twice, thirty times over, in a moment', () => {
    let inner = model([input(), dense('a', from('x'))], [['a', 0, 0]], undefined, 'm0');
    for (let i = 1; i < 28; i++) {
      const name = `m${i - 1}`;
      const twice = { ...inner, name, inbound_nodes: [...from('x'), [[name, 1, 0, {}]]] };
      inner = model([input(), twice], [[name, 2, 0]], undefined, `m${i}`);
    }
    const start = performance.now();
    expect(() => read(inner)).toThrow(/too many times/);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('models and layers that are nested without end', () => {
    let topology = sequential(input());
    for (let i = 0; i < 40; i++) topology = sequential(topology);
    expect(() => read(topology)).toThrow(/nested more than 30 deep/);
    let wrapped = dense('a');
    for (let i = 0; i < 5000; i++) wrapped = layer('TimeDistributed', 't', { layer: wrapped });
    expect(() => read(sequential(input(), wrapped))).toThrow(/nested deeper than/);
  });

  it('changes no prototype', () => {
    const config = JSON.parse('{"units": 2, "use_bias": false, "__proto__": {"polluted": 1}}');
    const topology = sequential(input(), { class_name: 'Dense', config: Object.assign(config, { name: 'a' }) });
    const { config: read2 } = read(topology).nodes[1].layer;
    expect(read2.polluted).toBeUndefined();
    expect(({} as any).polluted).toBeUndefined();
  });
});
