import type * as tfl from '@tensorflow/tfjs-layers';
import { type Compressed, compress, type SearchJob } from '../index.js';

declare const model: tfl.LayersModel;
declare const x: any;

const found: Promise<Compressed> = compress(model, {
  train: (copy, { epochs, callbacks, signal }) => copy.fit(x, x, { epochs, callbacks, verbose: signal ? 0 : 1 }),
  evaluate: () => ({ score: 1, examples: 10 }),
  maxBytes: 1000,
});
for (const trial of (await found).trials) {
  if (trial.status === 'failed') trial.error satisfies string;
  else trial.kernels satisfies Record<string, object>;
}
// @ts-expect-error no evaluate
compress(model, { train: () => {} });
// @ts-expect-error a score is a number
compress(model, { train: () => {}, evaluate: () => 'good' });
// @ts-expect-error an unknown option
compress(model, { train: () => {}, evaluate: () => 1, minBytes: 1 });
// A module's exports.
({ model: () => model, train: () => {}, evaluate: async () => 1, options: { minutes: 1 } }) satisfies SearchJob;
