import { unpack } from '@tfjs-compress/format';
import { expect, it } from 'vitest';
import { compress } from './compress.js';
import { tinyProblem } from './testing.js';

it('finds', async () => {
  const problem = await tinyProblem();
  const found = await compress(problem.model, {
    train: problem.train,
    evaluate: problem.evaluate,
    maxLoss: 0.03,
    trials: 16,
    epochs: 10,
  });
  console.log(problem.evaluate(problem.model, {}), found.sizeBytes, found.score, found.isWithin, found.stopped);
  for (const t of found.trials) console.log(JSON.stringify(t).slice(0, 700));
  expect(unpack(found.file)).toBeDefined();
});
