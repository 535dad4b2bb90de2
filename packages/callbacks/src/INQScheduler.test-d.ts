import type { CustomCallback, CustomCallbackArgs } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import { INQScheduler, type INQSchedulerArgs } from './index.js';

// An instance stands in `callbacks` as tfjs's own do, beside plain objects too.
expectTypeOf<INQScheduler>().toExtend<CustomCallback>();
expectTypeOf<INQScheduler>().toExtend<CustomCallbackArgs>();

new INQScheduler({
  steps: [0.5, 0.75, 0.875, 1],
  bits: 4,
  perChannel: true,
  range: 'leastError',
  partition: 'random',
  epochsPerStep: 2,
  saveBits: 0.3,
  resetLearningRate: true,
  include: [/conv/, 'Dense'],
  exclude: (layer) => layer.name === 'out',
  overrides: { hidden: { bits: 3 }, first: { skip: true } },
  whenStopped: 'keep',
  seed: 7,
  verbose: 2,
});
expectTypeOf<INQSchedulerArgs['partition']>().toEqualTypeOf<'magnitude' | 'random' | undefined>();
expectTypeOf<INQSchedulerArgs['whenStopped']>().toEqualTypeOf<'finish' | 'keep' | undefined>();
expectTypeOf<INQSchedulerArgs['verbose']>().toEqualTypeOf<0 | 1 | 2 | undefined>();
// @ts-expect-error not a list
new INQScheduler({ steps: 1 });
// @ts-expect-error a partition that there is not
new INQScheduler({ steps: [1], partition: 'largest' });
// @ts-expect-error a fraction
new INQScheduler({ saveBits: '30%' });
// @ts-expect-error of all kernels together
new INQScheduler({ overrides: { hidden: { saveBits: 0.3 } } });
// @ts-expect-error an option of the other callback
new INQScheduler({ steps: [1], targetSparsity: 0.9 });
// @ts-expect-error an option that no layer can have of its own
new INQScheduler({ steps: [1], overrides: { hidden: { steps: [1] } } });
