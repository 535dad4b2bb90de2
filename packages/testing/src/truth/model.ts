import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Api } from './api.js';
import { type Case, optimizers } from './axes.js';
import { customLayer } from './customLayer.js';
import { biasesOf, type HeldKernel, kernelsOf } from './kernels.js';
import { kinds } from './kinds.js';
import { generator, hash, normals } from './random.js';

export const samples = 24;
const outputs = 3;

/**
 * The model of a case, compiled: the layers of its kind, perhaps a custom one, and a
 * dense head named `head`.
 */
export function buildModel(c: Case, api: Api): tfl.LayersModel {
  const kind = kinds[c.kind];
  const first = { inputShape: kind.inputShape };
  const body = kind.layers(first, (...prefixes) => weightArgs(c, prefixes), api);
  if (c.situation === 'custom layer') body.push(customLayer(false));
  if (c.situation === 'registered layer') body.push(customLayer(true));
  const head = headOf(c, api, 'head');
  let model: tfl.LayersModel;
  if (c.style === 'sequential') model = tfl.sequential({ layers: [...body, head] });
  else {
    const input = tfl.input({ shape: kind.inputShape });
    const features = body.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input);
    const heads = c.situation === 'several outputs' ? [head, headOf(c, api, 'second_head')] : [head];
    const results = heads.map((layer) => layer.apply(features) as tfl.SymbolicTensor);
    model = tfl.model({ inputs: input, outputs: results.length > 1 ? results : results[0] });
  }
  if (kind.convert) model = kind.convert(model, api);
  drawWeights(model, c);
  if (c.situation === 'frozen layer') model.getLayer('head').trainable = false;
  if (c.situation !== 'own loop') compile(model, c);
  return model;
}

export function compile(model: tfl.LayersModel, c: Case): void {
  model.compile({ optimizer: optimizers[c.optimizer](), loss: 'meanSquaredError' });
}

function headOf(c: Case, api: Api, name: string): tfl.layers.Layer {
  const make = kinds[c.kind].head;
  const args = { name, units: outputs, ...weightArgs(c, ['kernel']) };
  return make ? api[make](args) : tfl.layers.dense(args);
}

function weightArgs(c: Case, prefixes: string[]): object {
  const constraints: Record<string, () => object> = {
    maxNorm: () => tfl.constraints.maxNorm({ maxValue: 0.7 }),
    unitNorm: () => tfl.constraints.unitNorm({}),
    nonNeg: () => tfl.constraints.nonNeg(),
    minMaxNorm: () => tfl.constraints.minMaxNorm({ minValue: 0.3, maxValue: 0.9 }),
  };
  const regularizers: Record<string, () => object> = {
    l1: () => tfl.regularizers.l1({ l1: 1e-3 }),
    l2: () => tfl.regularizers.l2({ l2: 1e-2 }),
  };
  return Object.fromEntries(
    prefixes.flatMap((prefix) => [
      ...(constraints[c.situation] ? [[`${prefix}Constraint`, constraints[c.situation]()]] : []),
      ...(regularizers[c.situation] ? [[`${prefix}Regularizer`, regularizers[c.situation]()]] : []),
    ]),
  );
}

/** Weights that depend on the case alone, in place of what the initializers drew. */
function drawWeights(model: tfl.LayersModel, c: Case): void {
  const seed = hash(`${c.kind} ${c.situation} ${c.plan}`);
  const held = kernelsOf(model);
  const namesOf = (each: HeldKernel[]) => new Set(each.map(({ layer, field }) => (layer as any)[field].name as string));
  const [kernels, biases] = [namesOf(held), namesOf(biasesOf(held))];
  model.trainableWeights.forEach((weight, i) => {
    // Where biases are pruned they are those of a trained model, not the zeros of their
    // initializer.
    const isDrawn = weight.shape.length > 1 || (c.options === 'random, biases' && biases.has(weight.name));
    if (!isDrawn) return;
    const size = weight.shape.reduce<number>((product, n) => product * n!, 1);
    const values = normals(size, seed + i, 0.4);
    // As another tool leaves them, that pruned a third.
    const isPruned = c.options === 'keepZeros' && kernels.has(weight.name);
    const value = tf.tensor(isPruned ? values.map((v, j) => (j % 10 < 3 ? 0 : v)) : values, weight.shape as number[]);
    weight.write(value);
    value.dispose();
  });
  if (c.situation !== 'zero kernel') return;
  const head = kernelsOf(model).find(({ layer }) => layer.name === 'head')!;
  const variable = model.trainableWeights.find(({ originalName }) => originalName === 'head/kernel')!;
  const zeros = tf.zeros((head.layer as any).kernel.shape);
  variable.write(zeros);
  zeros.dispose();
}

export interface Problem {
  x: tf.Tensor;
  /** One tensor, or one for each output. */
  y: tf.Tensor | tf.Tensor[];
}

/** Data that depends on the case's inputs alone. */
export function problemOf(c: Case, seed = 1): Problem {
  const { inputShape, words } = kinds[c.kind];
  const size = samples * inputShape.reduce((a, b) => a * b, 1);
  const next = generator(seed);
  const values = words
    ? Float32Array.from({ length: size }, () => Math.floor(next() * words))
    : normals(size, seed, 0.7);
  const target = (i: number) => tf.tensor(normals(samples * outputs, seed + 10 + i), [samples, outputs]);
  return {
    x: tf.tensor(values, [samples, ...inputShape]),
    y: c.situation === 'several outputs' ? [target(0), target(1)] : target(0),
  };
}
