import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { registerCompressible } from '@tfjs-compress/layers';
import { smallProblem } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { INQScheduler } from './INQScheduler.js';
import { SurgeryCallback } from './SurgeryCallback.js';

const { layers } = tfl;

/** A residual block: a layer of the user's own that calls two dense layers. */
class Residual extends layers.Layer {
  static className = 'Residual';
  private readonly inner = [layers.dense({ units: 12, activation: 'relu' }), layers.dense({ units: 16 })];

  override build(shape: tfl.Shape): void {
    this.inner[0].build(shape);
    this.inner[1].build([null, 12]);
    this.trainableWeights = this.inner.flatMap((layer) => layer.trainableWeights);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat();
    return tf.tidy(() =>
      tf.add(
        x,
        this.inner.reduce((y, layer) => layer.apply(y) as tf.Tensor, x),
      ),
    );
  }
}

it('prune and quantize the layers that a layer of your own calls', async () => {
  registerCompressible(Residual, ['inner']);
  const { x, y } = smallProblem();
  const model = tfl.sequential({
    layers: [
      layers.dense({ units: 16, inputShape: x.shape.slice(1) }),
      new Residual({ name: 'block' } as never),
      layers.dense({ units: y.shape[1]! }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  const callbacks = [new SurgeryCallback({ targetSparsity: 0.75, verbose: 0 }), new INQScheduler({ verbose: 0 })];
  const { history } = await model.fit(x, y, { epochs: 8, batchSize: 16, verbose: 0, callbacks });
  expect(history.loss.at(-1)).toBeLessThan(history.loss[0] as number);
  const kernels = model.trainableWeights
    .filter(({ shape }) => shape.length === 2)
    .map((weight) => weight.read().dataSync());
  expect(kernels).toHaveLength(4);
  for (const kernel of kernels) {
    expect(kernel.filter((w) => w === 0).length).toBeGreaterThanOrEqual(0.75 * kernel.length - 1);
    expect(kernel.filter((w) => w !== 0 && !Number.isInteger(Math.log2(Math.abs(w))))).toHaveLength(0);
  }
});
