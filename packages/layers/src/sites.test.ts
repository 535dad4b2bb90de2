import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { MemoryHandler } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { findSites, registerCompressible, unknownKernels } from './sites.js';

const { layers } = tfl;
const pathsOf = (model: tfl.LayersModel) =>
  findSites(model).flatMap(({ path, role }) => (role === 'kernel' ? [path] : []));

/** A layer of the user's own, with two kernels. */
class TwoKernels extends layers.Layer {
  static className = 'TwoKernels';
  declare queries: tfl.LayerVariable;
  declare values: tfl.LayerVariable;

  override build(shape: tfl.Shape): void {
    const kernel = (name: string) => this.addWeight(name, [shape[1]!, 3], 'float32', tfl.initializers.glorotNormal({}));
    this.queries = kernel('queries');
    this.values = kernel('values');
    this.built = true;
  }

  override computeOutputShape(shape: tfl.Shape): tfl.Shape {
    return [shape[0], 3];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat();
    return tf.tidy(() => tf.mul(tf.matMul(x, this.queries.read()), tf.matMul(x, this.values.read())));
  }
}

describe('paths', () => {
  it('are the same in a model that was loaded, for layers that nobody named', async () => {
    const plain = { recurrentInitializer: 'glorotNormal' } as const;
    const inner = layers.simpleRNN({ units: 2, returnSequences: true, ...plain }) as never;
    const model = tfl.sequential({
      layers: [
        layers.lstm({ units: 3, returnSequences: true, inputShape: [4, 2], ...plain }),
        layers.gru({ units: 3, returnSequences: true, ...plain }),
        layers.bidirectional({ layer: inner, mergeMode: 'concat' }),
        layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
      ],
    });
    const file = new MemoryHandler();
    await model.save(file);
    expect(pathsOf(await tfl.loadLayersModel(file))).toEqual(pathsOf(model));
    expect(pathsOf(model)[0]).toMatch(/^lstm_[^/]*\/cell\/kernel$/);
  });
});

describe('registerCompressible', () => {
  it('adds the kernels of a layer class, which are unknown before', () => {
    const model = tfl.sequential({
      layers: [new TwoKernels({ name: 'mine', inputShape: [4] } as never), layers.dense({ name: 'd', units: 2 })],
    });
    expect(pathsOf(model)).toEqual(['d/kernel']);
    expect(unknownKernels(model).map(({ path, className }) => `${path} ${className}`)).toEqual([
      'mine/queries TwoKernels',
      'mine/values TwoKernels',
    ]);
    registerCompressible(TwoKernels, ['queries', 'values']);
    expect(pathsOf(model)).toEqual(['mine/queries', 'mine/values', 'd/kernel']);
    expect(unknownKernels(model)).toEqual([]);
  });

  it('finds layers that a layer calls: in a field, or in a list of them', () => {
    class Calls extends layers.Layer {
      static className = 'Calls';
      first = layers.dense({ units: 3 });
      rest = [layers.dense({ units: 3 }), layers.activation({ activation: 'relu' }), layers.dense({ units: 2 })];
      override build(shape: tfl.Shape): void {
        this.first.build(shape);
        for (const each of this.rest) each.build([null, 3]);
        this.built = true;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return [this.first, ...this.rest].reduce((x, layer) => layer.apply(x) as tf.Tensor, [inputs].flat()[0]);
      }
    }
    const model = tfl.sequential({ layers: [new Calls({ name: 'calls', inputShape: [4] } as never)] });
    expect(pathsOf(model)).toEqual([]);
    registerCompressible(Calls, ['first', 'rest']);
    expect(pathsOf(model)).toEqual(['calls/first/kernel', 'calls/rest/0/kernel', 'calls/rest/2/kernel']);
    expect(unknownKernels(model)).toEqual([]);
  });

  it('refuses what it cannot use', () => {
    const expected = 'layerClass: expected a class that extends tf.layers.Layer and has a className';
    expect(() => registerCompressible({} as never, ['kernel'])).toThrow(expected);
    expect(() => registerCompressible(class {} as never, ['kernel'])).toThrow(expected);
    expect(() => registerCompressible(TwoKernels, [])).toThrow('fields: expected names of fields that hold a kernel');
    class Wrong extends TwoKernels {
      static override className = 'Wrong';
    }
    registerCompressible(Wrong, ['name']);
    const model = tfl.sequential({ layers: [new Wrong({ name: 'w', inputShape: [4] } as never)] });
    expect(() => findSites(model)).toThrow("registerCompressible(): the field 'name' of w (Wrong) holds no weight.");
    registerCompressible(Wrong, ['query', 'value']);
    expect(() => findSites(model)).toThrow("registerCompressible(): w (Wrong) has no field 'query' or 'value'.");
  });
});
