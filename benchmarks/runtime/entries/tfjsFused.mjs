/**
 * A net as tfjs's fused operations, one after the other: what a graph model does that was
 * converted with care.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

export async function open({ read, base, net, shape }) {
  setWasmPaths(base);
  await tf.setBackend('wasm');
  const steps = JSON.parse(new TextDecoder().decode(await read(`${net}.json`)));
  const weights = new Float32Array((await read(`${net}.bin`)).slice().buffer);
  const placed = steps.map((step) => ({ ...step, ...tensors(step, weights) }));
  return (x) => tf.tidy(() => run(placed, tf.tensor(x, shape)).dataSync());
}

function tensors(step, weights) {
  const names = ['kernel', 'recurrent', 'bias'].filter((name) => step[name]);
  const toTensor = ({ shape, offset }) =>
    tf.tensor(weights.slice(offset, offset + tf.util.sizeFromShape(shape)), shape);
  return Object.fromEntries(names.map((name) => [name, toTensor(step[name])]));
}

function run(steps, x) {
  const values = [];
  for (const step of steps) values.push(operations[step.op](step, ...step.from.map((from) => values[from]), x));
  return values.at(-1);
}

const operations = {
  input: (_, x) => x,
  conv: (step, x) => tf.fused.conv2d(convolution(step, x)),
  depthwise: (step, x) => tf.fused.depthwiseConv2d(convolution(step, x)),
  dense({ kernel, bias, activation }, x) {
    const isSoftmax = activation === 'softmax';
    const y = tf.fused.matMul({ a: x, b: kernel, bias, activation: isSoftmax ? 'linear' : activation });
    return isSoftmax ? tf.softmax(y) : y;
  },
  maxPool: ({ size, strides }, x) => tf.maxPool(x, size, strides, 'valid'),
  mean: (_, x) => tf.mean(x, [1, 2]),
  flatten: (_, x) => tf.reshape(x, [x.shape[0], -1]),
  add: (_, a, b) => tf.add(a, b),
  gather: ({ kernel }, x) => tf.gather(kernel, tf.cast(x, 'int32')),
  lstm,
};

function convolution({ kernel, bias, strides, padding: [top, bottom, left, right], activation }, x) {
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return { x, filter: kernel, bias, strides, pad, activation };
}

/** The input's product for all steps at once. */
function lstm({ kernel, recurrent, bias, units }, x) {
  const [batch, length, width] = x.shape;
  const all = tf.fused.matMul({ a: tf.reshape(x, [batch * length, width]), b: kernel, bias });
  let h = tf.zeros([batch, units]);
  let c = h;
  for (const part of tf.unstack(tf.reshape(all, [batch, length, 4 * units]), 1)) {
    const [i, f, g, o] = tf.split(tf.add(part, tf.matMul(h, recurrent)), 4, 1);
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
  }
  return h;
}
