import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { pack, unpack } from '@tfjs-compress/format';
import { expectNoLeak, weightsOf } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CompressOptions, compress } from './compress.js';
import { isDone } from './ranking.js';
import { type TinyProblem, tinyProblem } from './testing.js';

let problem: TinyProblem;
let score: number;
const root = mkdtempSync(join(tmpdir(), 'compress-'));

beforeAll(async () => {
  problem = await tinyProblem();
  score = ((await problem.evaluate(problem.model, {})) as { score: number }).score;
});
afterAll(() => {
  problem.dispose();
  rmSync(root, { recursive: true });
});

/** Short trials. */
function search(options: Partial<CompressOptions> = {}): ReturnType<typeof compress> {
  const { model, train, evaluate } = problem;
  return compress(model, { train, evaluate, epochs: 6, trials: 4, verbose: 0, ...options });
}

describe('compress', () => {
  it('finds a model that is smaller and good enough, and leaves the given one and no tensor', async () => {
    const before = weightsOf(problem.model);
    const original = Math.random;
    const found = await expectNoLeak(async () => {
      const result = await search({ maxLoss: 0.04, trials: 12, epochs: 8 });
      const again = await problem.evaluate(result.model, {});
      expect(again).toEqual({ score: result.score, examples: 200 });
      result.model.dispose();
      return result;
    });
    expect(Math.random).toBe(original);
    expect(weightsOf(problem.model)).toEqual(before);
    expect(found.isWithin).toBe(true);
    expect(found.score).toBeGreaterThanOrEqual(score - 0.04 - 1e-9);
    expect(found.trials.length).toBe(12);
    const artifacts = unpack(found.file);
    expect(pack(artifacts).length).toBe(found.sizeBytes);
    expect(artifacts.userDefinedMetadata).toBeUndefined();
    const first = found.trials.filter(({ spec }) => spec.generation === 1).filter(isDone);
    const good = first.filter((trial) => trial.score >= score - 0.04).map(({ sizeBytes }) => sizeBytes);
    expect(found.sizeBytes).toBeLessThan(Math.min(...good));
    expect(found.frontier.map(({ id }) => id)).toContain(
      found.trials
        .filter(isDone)
        .find(({ sizeBytes, score }) => sizeBytes === found.sizeBytes && score === found.score)!.id,
    );
  });

  it('takes the score of each example, and tells chance from loss by what differs', async () => {
    const { evaluateEach } = problem;
    const given = evaluateEach(problem.model);
    const single = await search({ trials: 3 });
    const found = await search({ trials: 3, evaluate: evaluateEach });
    for (const [i, trial] of found.trials.filter(isDone).entries()) {
      const { noise, ...others } = trial;
      expect({ ...others, seconds: 0 }).toEqual({ ...single.trials[i], seconds: 0 });
      // At least as many answers differ as the scores say.
      const differing = Math.abs(score - trial.score);
      expect(noise).toBeGreaterThanOrEqual(Math.sqrt((differing - differing ** 2) / 200) - 1e-9);
    }
    const best = evaluateEach(found.model);
    const [lost, won] = [1, -1].map((sign) => given.filter((right, i) => right - best[i] === sign).length);
    const chosen = found.trials.filter(isDone).find(({ sizeBytes }) => sizeBytes === found.sizeBytes);
    if (chosen) expect(chosen.noise).toBeCloseTo(Math.sqrt(lost + won - (lost - won) ** 2 / 200) / 200, 12);
    for (const { model } of [single, found]) model.dispose();
  });

  it('finds a better model within maxBytes and within maxMultiplyAdds', async () => {
    const small = await search({ maxBytes: 350, trials: 7 });
    expect(small.isWithin && small.sizeBytes <= 350).toBe(true);
    expect(small.score).toBeGreaterThan(score - 0.15);
    const fast = await search({ maxMultiplyAdds: 250, trials: 7 });
    const trial = fast.trials.find((each) => isDone(each) && each.sizeBytes === fast.sizeBytes)!;
    expect(isDone(trial) && trial.multiplyAdds).toBeLessThanOrEqual(250);
    const nonZeros = fast.model.getWeights().filter((weight) => weight.rank > 1);
    expect(nonZeros.reduce((sum, weight) => sum + weight.dataSync().filter((value) => value !== 0).length, 0)).toBe(
      isDone(trial) ? trial.multiplyAdds : Number.NaN,
    );
    for (const { model } of [small, fast]) model.dispose();
  });

  it('gives the same result again', async () => {
    const results = [await search({ seed: 5 }), await search({ seed: 5 })];
    const [first, second] = results.map(({ trials }) => trials.map((trial) => ({ ...trial, seconds: 0 })));
    expect(second).toEqual(first);
    expect([...results[1].file]).toEqual([...results[0].file]);
    for (const { model } of results) model.dispose();
  });

  it('says what its validation examples are too few for, and that no trial was good enough', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const forget: CompressOptions['train'] = (model, { epochs, callbacks }) =>
      model.fit(tf.zeros([32, 2]), tf.ones([32, 3]), { epochs, callbacks, verbose: 0 });
    const found = await search({ train: forget, maxLoss: 0.001, trials: 1, verbose: 1 });
    const said = log.mock.calls.map(([text]) => text);
    log.mockRestore();
    expect(found.score).toBe(score);
    const given = `${found.sizeBytes.toLocaleString('en-US')} B, score ${Number(score.toPrecision(4))}`;
    expect(said[0]).toMatch(/^search: 200 validation examples tell losses to about 0\.0\d at worst, .* 0\.001: /);
    expect(said[1]).toMatch(/trial 1 of 1 .* none within the goal, nearest \d+ B, score 0\.\d+/);
    expect(said[2]).toMatch(/none of 1 trials is within the goal; the nearest one: .* \(asked: at least 0\.\d+\)/);
    expect(said[2]).toContain(`; the given model: ${given}`);
    found.model.dispose();
  });

  it('has as many first trials as its width', async () => {
    const { trials, model } = await search({ width: 2, trials: 3, epochs: 2, maxLoss: 1 });
    expect(trials.map(({ spec }) => spec.generation)).toEqual([1, 1, 2]);
    model.dispose();
  });

  it('does not mind what an earlier fit has noted on the model', async () => {
    const { model, dispose } = await tinyProblem();
    const searched = async () => {
      const { train, evaluate } = problem;
      const found = await compress(model, {
        train,
        evaluate,
        epochs: 4,
        trials: 1,
        verbose: 0,
        maxLoss: 1,
        output: join(root, 'b'),
      });
      found.model.dispose();
      return found;
    };
    const first = await searched();
    model.setUserDefinedMetadata({ tfjsCompress: { version: 2, pruned: ['hidden/kernel'] } });
    expect((await searched()).trials).toEqual(first.trials);
    dispose();
  });

  it('writes into the given model when asked to', async () => {
    const { model } = await tinyProblem();
    const { evaluate, train } = problem;
    const before = weightsOf(model);
    const options = { evaluate, train, epochs: 6, trials: 2, verbose: 0, maxLoss: 1, inPlace: true } as const;
    const found = await compress(model, options);
    expect(found.model).toBe(model);
    expect(weightsOf(model)).not.toEqual(before);
    expect(await evaluate(model, {})).toEqual({ score: found.score, examples: 200 });
    model.dispose();
  });

  it('returns the given model where nothing else is good enough', async () => {
    const found = await search({
      maxLoss: 0,
      epochs: 2,
      trials: 1,
      train: async (model, { callbacks }) => {
        await model.fit(tf.zeros([4, 2]), tf.ones([4, 3]), { epochs: 2, callbacks, verbose: 0 });
      },
    });
    expect(found.score).toBe(score);
    expect(found.isWithin).toBe(true);
    expect(weightsOf(found.model)).toEqual(weightsOf(problem.model));
    found.model.dispose();
  });
});

describe('compress with an output', () => {
  it('has everything on disk after the first trial, ends with the best so far, and goes on', async () => {
    const output = join(root, 'a');
    const controller = new AbortController();
    let seen: string[] = [];
    let count = 0;
    const evaluate: CompressOptions['evaluate'] = async (model, hint) => {
      seen = readdirSync(output);
      return problem.evaluate(model, hint);
    };
    const train: CompressOptions['train'] = (model, context) => {
      // The first stage of the third trial.
      if (++count === 5) controller.abort();
      return problem.train(model, context);
    };
    const stopped = await search({ output, evaluate, train, maxLoss: 1, signal: controller.signal });
    expect(stopped.stopped).toBe('signal');
    expect(stopped.trials.length).toBe(2);
    expect(seen).toContain('best.tfz');
    expect([...readFileSync(join(output, 'best.tfz'))]).toEqual([...stopped.file]);
    count = 100;
    const whole = await search({ output, evaluate, train, maxLoss: 1 });
    expect(count).toBe(104);
    expect(whole.stopped).toBeUndefined();
    const memory = await search({ maxLoss: 1 });
    expect(whole.trials.map((trial) => ({ ...trial, seconds: 0 }))).toEqual(
      memory.trials.map((trial) => ({ ...trial, seconds: 0 })),
    );
    expect([...readFileSync(join(output, 'best.tfz'))]).toEqual([...memory.file]);
    const report = readFileSync(join(output, 'report.html'), 'utf8');
    expect(report).toContain('Bytes and score of every trial');
    for (const { model } of [stopped, whole, memory]) model.dispose();
    await expect(search({ output, maxLoss: 0.5 })).rejects.toThrow(/holds a search for another model, or with other/);
  });
});

describe('compress ends in time', () => {
  it('with the best so far', async () => {
    const begin = Date.now();
    // So slow that the time is up before all plans have been tried.
    const train: CompressOptions['train'] = async (model, context) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return problem.train(model, context);
    };
    const found = await expectNoLeak(async () => {
      const result = await search({ train, minutes: 4 / 60, trials: undefined, maxLoss: 1 });
      result.model.dispose();
      return result;
    });
    expect(found.stopped).toBe('time');
    expect((Date.now() - begin) / 1000).toBeLessThan(12);
    expect(found.trials.length).toBeGreaterThan(0);
  });

  it('in the middle of a training, of which nothing is left', async () => {
    const controller = new AbortController();
    let batches = 0;
    const train: CompressOptions['train'] = (model, context) => {
      const stop = new tfl.CustomCallback({
        onBatchBegin: async () => {
          if (++batches === 20) controller.abort();
        },
      });
      return problem.train(model, { ...context, callbacks: [...context.callbacks, stop] });
    };
    const found = await expectNoLeak(async () => {
      const result = await search({ train, signal: controller.signal, maxLoss: 1 });
      result.model.dispose();
      return result;
    });
    expect([batches, found.stopped, found.trials.length]).toEqual([20, 'signal', 1]);
  });

  it('at once when it was stopped before, with the given model', async () => {
    const found = await search({ signal: AbortSignal.abort() });
    expect([found.stopped, found.trials.length, found.score]).toEqual(['signal', 0, score]);
    expect(found.isWithin).toBe(true);
    const tooLarge = await search({ signal: AbortSignal.abort(), maxBytes: found.sizeBytes - 1 });
    expect([tooLarge.sizeBytes, tooLarge.isWithin]).toEqual([found.sizeBytes, false]);
    for (const { model } of [found, tooLarge]) model.dispose();
  });
});

describe('a trial that fails', () => {
  const failing = (bad: CompressOptions['train'], at: (count: number) => boolean): CompressOptions['train'] => {
    let count = 0;
    return (model, context) => {
      if (context.stage === 'surgery') count++;
      return at(count) ? bad(model, context) : problem.train(model, context);
    };
  };

  it('is a row with its error, and no tensor is left of it', async () => {
    const train = failing(
      async () => {
        throw new Error('out of data');
      },
      (count) => count === 3,
    );
    const found = await expectNoLeak(async () => {
      const result = await search({ train, maxLoss: 1 });
      result.model.dispose();
      return result;
    });
    expect(found.trials.length).toBe(4);
    const failed = found.trials.filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ error: 'out of data' }]);
    expect(found.sizeBytes).toBeLessThan(1000);
  });

  it('because its training diverges', async () => {
    const train = failing(
      (model, { epochs, callbacks }) =>
        model.fit(tf.fill([8, 2], 1e38), tf.ones([8, 3]), { epochs, callbacks, verbose: 0 }),
      (count) => count === 1,
    );
    const found = await search({ train, trials: 2, maxLoss: 1 });
    expect(found.trials.find(({ status }) => status === 'failed')).toMatchObject({
      error: expect.stringMatching(/NaN/),
    });
    found.model.dispose();
  });

  const always = (train: CompressOptions['train']) => search({ train, trials: 3 });

  it('like all others is an error that says why', async () => {
    const received = /all 3 trials failed. The first: train: expected it to train .* received no epoch of training/;
    await expect(always(() => {})).rejects.toThrow(received);
    await expect(
      always((model, { epochs }) => model.fit(tf.ones([4, 2]), tf.ones([4, 3]), { epochs, verbose: 0 })),
    ).rejects.toThrow(received);
    await expect(always(() => Promise.reject(new Error('no GPU')))).rejects.toThrow('The first: no GPU');
  });

  it('because evaluate fails later on', async () => {
    let count = 0;
    const evaluate: CompressOptions['evaluate'] = (model, hint) => {
      if (hint.examples === undefined && ++count > 1) return Number.NaN;
      return problem.evaluate(model, hint);
    };
    await expect(search({ evaluate, trials: 1 })).rejects.toThrow("evaluate's result: expected a finite number");
  });
});
