import type { io, Tensor } from '@tensorflow/tfjs-core';
import { callbacks, type History, type LayersModel, type Logs, type Sequential } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import { type CompressedSaveResult, compressed, type FitCallbacks, INQScheduler, SurgeryCallback } from './index.js';

declare const model: LayersModel;
declare const sequential: Sequential;
declare const x: Tensor;
const ours = [new SurgeryCallback({ targetSparsity: 0.9 }), new INQScheduler({ steps: [0.5, 1] })];

// save(): the size is there with compressed(), and only there.
expectTypeOf(model.save(compressed('a'))).resolves.toEqualTypeOf<CompressedSaveResult>();
expectTypeOf(sequential.save(compressed('a'), { includeOptimizer: true })).resolves.toHaveProperty('sizeBytes');
expectTypeOf(model.save('file://a')).resolves.toEqualTypeOf<io.SaveResult>();
expectTypeOf(
  model.save({ save: async (): Promise<io.SaveResult> => ({}) as io.SaveResult }),
).resolves.toEqualTypeOf<io.SaveResult>();

// fit(): ours, tfjs's and plain objects in one array; the parameters of the latter have
// types.
for (const each of [model, sequential]) {
  const history = each.fit(x, x, {
    epochs: 2,
    callbacks: [
      ...ours,
      callbacks.earlyStopping(),
      {
        onEpochEnd(epoch, logs) {
          expectTypeOf(epoch).toEqualTypeOf<number>();
          expectTypeOf(logs).toEqualTypeOf<Logs | undefined>();
        },
      },
    ],
  });
  expectTypeOf(history).resolves.toEqualTypeOf<History>();
}

// What tfjs's own signatures take stays valid.
model.fit(x, x);
model.fit(x, x, { callbacks: ours });
model.fit(x, x, { callbacks: ours[0] });
model.fit(x, x, { callbacks: [callbacks.earlyStopping()] });
model.fit(x, x, { callbacks: { onTrainEnd: (logs) => void expectTypeOf(logs).toEqualTypeOf<Logs | undefined>() } });
// @ts-expect-error not a callback
model.fit(x, x, { callbacks: [ours[0], 'plain'] });
// @ts-expect-error an option that there is not
model.fit(x, x, { callbacks: ours, epoch: 2 });

// FitCallbacks: for an array that is made before.
const list: FitCallbacks = [...ours, { onBatchEnd: (batch) => void expectTypeOf(batch).toEqualTypeOf<number>() }];
sequential.fit(x, x, { callbacks: list });
