import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import { compressible, type Selector, strip } from './index.js';

declare const model: LayersModel;
declare const sequential: Sequential;

// A Sequential stays one.
expectTypeOf(compressible(model)).toEqualTypeOf<LayersModel>();
expectTypeOf(compressible(sequential, { family: 'powerOfTwo' })).toEqualTypeOf<Sequential>();
expectTypeOf(strip(sequential)).toEqualTypeOf<Sequential>();
expectTypeOf<Selector>().toEqualTypeOf<
  string | RegExp | ((layer: import('@tensorflow/tfjs-layers').layers.Layer) => boolean)
>();
compressible(model, {
  include: ['Dense', /conv/, (layer) => layer.name.startsWith('block')],
  exclude: 'out',
  overrides: { hidden: { targetSparsity: 0.9 }, head: { family: 'powerOfTwo', bits: 3 }, first: { skip: true } },
});
// @ts-expect-error a family that there is not
compressible(model, { family: 'binary' });
// @ts-expect-error not a model
strip('model');
