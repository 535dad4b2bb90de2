import type { CustomCallback, CustomCallbackArgs, LayersModel } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import {
  type CompressionRow,
  compressionTable,
  formatTable,
  SurgeryCallback,
  type SurgeryCallbackArgs,
} from './index.js';

declare const model: LayersModel;

expectTypeOf<SurgeryCallback>().toExtend<CustomCallback>();
expectTypeOf<SurgeryCallback>().toExtend<CustomCallbackArgs>();

new SurgeryCallback({
  targetSparsity: 0.9,
  hysteresis: 0.2,
  beginStep: 10,
  endStep: 100,
  frequency: 10,
  gamma: 1e-3,
  power: 2,
  pruneBias: true,
  thresholdsFrom: 'kernel',
  overrides: { out: { targetSparsity: 0.5 }, first: { skip: true } },
});
new SurgeryCallback({ rate: 1, phases: [{ include: 'Conv2D', beginStep: 0, endStep: 50 }] });
expectTypeOf<SurgeryCallbackArgs['thresholdsFrom']>().toEqualTypeOf<'kernelAndBias' | 'kernel' | undefined>();
// @ts-expect-error not a number
new SurgeryCallback({ targetSparsity: '90%' });
// @ts-expect-error an option of the other callback
new SurgeryCallback({ rate: 1, bits: 5 });
// @ts-expect-error a phase needs an end
new SurgeryCallback({ rate: 1, phases: [{ include: 'Conv2D', beginStep: 0 }] });

compressionTable(model, { include: ['Dense'] });
expectTypeOf<Awaited<ReturnType<typeof compressionTable>>>().toEqualTypeOf<CompressionRow[]>();
expectTypeOf<CompressionRow>().toExtend<{ path: string; weights: number; nonZeros: number; bits: number }>();
expectTypeOf(formatTable([] as CompressionRow[])).toEqualTypeOf<string>();
