import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { CompressibleLayer } from '@tfjs-compress/layers';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from './expectNoLeak.js';
import { MemoryHandler } from './memoryHandler.js';
import { bitsOf, relativeError, seededTensor, seededValues } from './seeded.js';

export interface CompressibleLayerCase {
  className: string;
  /** Makes the layer of ours. */
  create: (args: any) => CompressibleLayer;
  /** Makes the built-in one. */
  stock: (args: any) => tfl.layers.Layer;
  args: object;
  /** Without the batch. */
  inputShape: number[];
  /** The fields that hold compressible kernels. */
  fields: string[];
  /** Options of ours that the config must carry. */
  own: object;
}

/** What every layer of ours must hold to: one call for each. */
export function testCompressibleLayer(layerCase: CompressibleLayerCase): void {
  const { className, create, stock, args, inputShape, fields, own } = layerCase;

  /**
   * A built layer of ours whose weights are a third pruned, a third frozen, and the stock
   * one with the effective kernel.
   */
  const pair = () => {
    const ours = create({ ...args, ...own, name: 'layer', inputShape });
    const theirs = stock({ ...args, name: 'layer', inputShape });
    const models = [ours, theirs].map((layer) => tfl.sequential({ layers: [layer] }));
    ours.compressibleKernels.forEach((kernel, i) => {
      kernel.splicing = true;
      kernel.setValues(seededValues(kernel.size, 10 + i));
      kernel.setStates(Uint8Array.from({ length: kernel.size }, (_, j) => j % 3));
    });
    const bias = (ours as unknown as { bias: tfl.LayerVariable | null }).bias;
    if (bias) tf.tidy(() => void bias.write(seededTensor(bias.shape as number[], 5)));
    const effective = ours.compressibleKernels.map((kernel) => kernel.effective());
    theirs.setWeights([...effective, ...(bias ? [bias.read()] : [])]);
    tf.dispose(effective);
    return { ours, theirs, model: models[0], stockModel: models[1] };
  };

  describe(className, () => {
    it('computes what the built-in layer does with the effective kernel', async () => {
      await expectNoLeak(() => {
        const { model, stockModel } = pair();
        tf.tidy(() => {
          const x = seededTensor([2, ...inputShape], 1);
          const [y, expected] = [model, stockModel].map((m) => (m.predict(x) as tf.Tensor).dataSync());
          expect(bitsOf(y)).toEqual(bitsOf(expected));
        });
        model.dispose();
        stockModel.dispose();
      });
    });

    it('gives input and weights the gradients of the built-in layer, straight through the mask', async () => {
      await expectNoLeak(() => {
        const { model, stockModel } = pair();
        tf.tidy(() => {
          const x = seededTensor([2, ...inputShape], 1);
          const gradients = [model, stockModel].map((m) => {
            const variables = m.trainableWeights.map((w) => w.read() as tf.Variable);
            const loss = () => tf.sum(tf.square(m.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar;
            const { grads } = tf.variableGrads(loss, variables);
            const dx = tf.grad((input: tf.Tensor) => tf.sum(tf.square(m.apply(input) as tf.Tensor)))(x);
            return [...variables.map((v) => grads[v.name]), dx].map((g) => g.dataSync());
          });
          expect(gradients[0].length).toBe(gradients[1].length);
          gradients[0].forEach((received, i) => {
            expect(relativeError(received, gradients[1][i])).toBeLessThan(1e-5);
          });
          expect(gradients[0][0].some((value) => value !== 0)).toBe(true);
        });
        model.dispose();
        stockModel.dispose();
      });
    });

    it('keeps its state beside the kernel, not trained', () => {
      const { ours, model, stockModel } = pair();
      expect(ours.compressibleKernels.map((kernel) => kernel.site.field)).toEqual(fields);
      expect(model.trainableWeights.length).toBe(stockModel.trainableWeights.length);
      expect(model.nonTrainableWeights.map((w) => w.originalName.replace(/^.*\//, ''))).toEqual(
        ours.compressibleKernels.map((kernel) => `${kernel.variable.originalName.split('/').pop()}_state`),
      );
      for (const each of [model, stockModel]) each.dispose();
    });

    it('comes back from its config and from a saved file, state included', async () => {
      const { ours, model, stockModel } = pair();
      expect(ours.getConfig()).toMatchObject(own);
      expect((ours.constructor as unknown as { className: string }).className).toBe(className);
      const file = new MemoryHandler();
      await model.save(file);
      const loaded = await tfl.loadLayersModel(file);
      const again = loaded.layers[0] as CompressibleLayer;
      expect(again.getClassName()).toBe(className);
      expect(again.getConfig()).toEqual(ours.getConfig());
      for (const [i, kernel] of again.compressibleKernels.entries()) {
        await kernel.sync();
        expect([...kernel.states]).toEqual([...ours.compressibleKernels[i].states]);
      }
      tf.tidy(() => {
        const x = seededTensor([2, ...inputShape], 1);
        const [y, expected] = [loaded, model].map((m) => (m.predict(x) as tf.Tensor).dataSync());
        expect(bitsOf(y)).toEqual(bitsOf(expected));
      });
      for (const each of [model, stockModel, loaded]) each.dispose();
    });
  });
}
