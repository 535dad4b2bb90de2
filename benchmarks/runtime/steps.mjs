/**
 * A layers model as a list of steps with folded weights, from which the other contenders'
 * models are made: fused tfjs operations, a .tflite file and an .onnx file. What a
 * converter does to a model by itself happens here: batch normalization goes into the
 * kernel before it, activations and padding into the step that they belong to.
 */

/**
 * @returns {{ steps: object[], weights: Float32Array }} Each step has `op`, `from`
 *   (indexes of earlier steps), its attributes, and places of its weights in `weights`:
 *   { shape, offset } with the offset in values. The last step is the output.
 */
export function toSteps(model) {
  const state = { steps: [], byLayer: new Map() };
  const input = model.inputs[0].sourceLayer;
  for (const layer of [input, ...model.layers.filter((each) => each !== input)]) {
    const make = makers[layer.getClassName()];
    if (!make)
      throw new Error(`layer ${layer.name}: expected one of ${Object.keys(makers)}, received ${layer.getClassName()}.`);
    const from = layer.inboundNodes[0].inboundLayers.map(({ name }) => state.byLayer.get(name));
    const values = layer.getWeights().map((weight) => weight.dataSync().slice());
    const made = make({ layer, config: layer.getConfig(), from, values, state });
    if (made.op) state.steps.push({ from, ...made });
    state.byLayer.set(layer.name, made.op ? state.steps.length - 1 : made.same);
  }
  return finish(state.steps);
}

const same = ({ from }) => ({ same: from[0] });

const makers = {
  InputLayer: ({ layer }) => ({ op: 'input', shape: layer.batchInputShape.slice(1) }),
  Dropout: same,
  ZeroPadding2D: ({ config }) => ({ op: 'pad', padding: config.padding.flat() }),
  Conv2D: (given) => convolution('conv', given),
  DepthwiseConv2D: (given) => convolution('depthwise', given),
  Dense({ config, layer, values: [kernel, bias] }) {
    const [inputs, units] = layer.weights[0].shape;
    return {
      op: 'dense',
      kernel,
      shape: [inputs, units],
      bias: bias ?? new Float32Array(units),
      activation: config.activation,
    };
  },
  BatchNormalization({ config, from, values: [gamma, beta, mean, variance], state }) {
    const { kernel, bias } = state.steps[from[0]];
    const factors = gamma.map((value, i) => value / Math.sqrt(variance[i] + config.epsilon));
    kernel.forEach((value, i) => {
      kernel[i] = value * factors[i % factors.length];
    });
    bias.forEach((value, i) => {
      bias[i] = (value - mean[i]) * factors[i] + beta[i];
    });
    return { same: from[0] };
  },
  ReLU({ config, from, state }) {
    state.steps[from[0]].activation = config.maxValue === 6 ? 'relu6' : 'relu';
    return { same: from[0] };
  },
  MaxPooling2D: ({ config }) => ({ op: 'maxPool', size: config.poolSize, strides: config.strides }),
  GlobalAveragePooling2D: () => ({ op: 'mean' }),
  Flatten: ({ layer }) => ({ op: 'flatten', input: layer.input.shape.slice(1) }),
  Add: () => ({ op: 'add' }),
  Embedding: ({ values: [kernel], layer }) => ({ op: 'gather', kernel, shape: layer.weights[0].shape }),
  LSTM({ config, values: [kernel, recurrent, bias], layer }) {
    const { activation, recurrentActivation, units } = config;
    if (activation !== 'tanh' || recurrentActivation !== 'sigmoid') throw new Error('lstm: expected tanh and sigmoid.');
    const [shape, recurrentShape] = layer.weights.map((weight) => weight.shape);
    return { op: 'lstm', units, kernel, shape, recurrent, recurrentShape, bias };
  },
};

/** With explicit padding: [top, bottom, left, right]. */
function convolution(op, { layer, config, from, values: [kernel, bias], state }) {
  const { kernelSize, strides, padding, activation } = config;
  const [, height, width] = layer.input.shape;
  const before = state.steps[from[0]];
  const isPadded = before.op === 'pad' && padding === 'valid';
  const { shape } = layer.weights[0];
  return {
    op,
    kernel,
    shape,
    bias: bias ?? new Float32Array(op === 'conv' ? shape[3] : shape[2]),
    strides,
    padding:
      padding === 'same' ? samePadding([height, width], kernelSize, strides) : isPadded ? before.padding : [0, 0, 0, 0],
    activation,
    ...(isPadded && { from: before.from }),
  };
}

function samePadding(sizes, kernelSize, strides) {
  return sizes.flatMap((size, i) => {
    const all = Math.max(0, (Math.ceil(size / strides[i]) - 1) * strides[i] + kernelSize[i] - size);
    return [all >> 1, all - (all >> 1)];
  });
}

/** Without the steps that nobody reads, the weights moved into one array. */
function finish(steps) {
  const used = new Set([steps.length - 1]);
  for (let i = steps.length - 1; i >= 0; i--) if (used.has(i)) for (const from of steps[i].from) used.add(from);
  const kept = steps.filter((_, i) => used.has(i));
  const place = new Map([...used].sort((a, b) => a - b).map((at, i) => [at, i]));
  const chunks = [];
  let length = 0;
  const store = (values, shape) => {
    chunks.push(values);
    length += values.length;
    return { shape, offset: length - values.length };
  };
  const all = kept.map(({ from, kernel, shape, bias, recurrent, recurrentShape, ...rest }) => ({
    ...rest,
    from: from.map((at) => place.get(at)),
    ...(kernel ? { kernel: store(kernel, shape) } : shape && { shape }),
    ...(recurrent && { recurrent: store(recurrent, recurrentShape) }),
    ...(bias && { bias: store(bias, [bias.length]) }),
  }));
  const weights = new Float32Array(length);
  let at = 0;
  for (const chunk of chunks) {
    weights.set(chunk, at);
    at += chunk.length;
  }
  return { steps: all, weights };
}
