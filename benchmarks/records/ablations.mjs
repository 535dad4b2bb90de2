import { polynomialDecay } from '@tfjs-compress/math';
import { INQScheduler, inqSteps, SurgeryCallback } from 'tfjs-compress';
import { denseTfmot } from './denseNets.mjs';
import { batchesOf } from './training.mjs';

/** Of an epoch: a quarter of the training set. */
const images = 13_750;

/**
 * What the parts of INQ and of surgery give, on the small net of tfmot's example: which
 * weights are rounded first, and whether all at once; and whether pruned weights may come
 * back. All variants of a method train equally long.
 */
export async function ablations(context) {
  const dense = await denseTfmot(context);
  const withSource = { ...context, source: () => context.hard() };
  const results = {};
  const steps = inqSteps.resNet18Bits3;
  const variants = {
    inq: { steps },
    inqRandom: { steps, partition: 'random' },
    inqAtOnce: { steps: [1] },
    inqLeastError: { steps, range: 'leastError' },
    inqRandomLeastError: { steps, partition: 'random', range: 'leastError' },
  };
  for (const [name, variant] of Object.entries(variants)) {
    results[name] = await inq(withSource, dense, name, variant);
  }
  for (const updates of [1, 12]) {
    const often = updates > 1 ? 'Often' : '';
    results[`splicing${often}`] = await pruned(withSource, dense, true, updates);
    results[`noSplicing${often}`] = await pruned(withSource, dense, false, updates);
  }
  return { dense, results };
}

function inq({ stages, seed, train, source }, dense, name, variant) {
  const solver = { epochs: 7, images, batchSize: 128, rate: 0.03, lowest: 0.001, period: 1, weightDecay: 1e-5 };
  return stages.run(`ablation-${name}`, dense, { solver, variant }, async (model) => {
    const callback = new INQScheduler({ bits: 3, ...variant, seed, verbose: 0 });
    return { model, history: await train(model, await source(), solver, [callback], name) };
  });
}

const targets = { conv: 0.3, dense: 0.96 };

/**
 * Without splicing, what is between two updates of the masks along the same cubic
 * schedule is a training of its own, whose masks are fixed after its first step.
 *
 * @param updates Of the masks in an epoch.
 */
function pruned({ stages, part, seed, train, source }, dense, isSplicing, updates) {
  const [pruning, settled] = [8, 4];
  const solver = { images, batchSize: 128, rate: 0.03, weightDecay: 1e-4 };
  const after = { ...solver, epochs: settled, weightDecay: 1e-5 };
  const name = `${isSplicing ? 'splicing' : 'noSplicing'}${updates > 1 ? 'Often' : ''}`;
  const settings = { pruning, solver, after, targets, isSplicing, ...(updates > 1 && { updates }) };
  return stages.run(`ablation-${name}`, dense, settings, async (model) => {
    const perEpoch = batchesOf(solver, part);
    const surgery = (share, options) => {
      const overrides = Object.entries(targets).map(([layer, most]) => [layer, { targetSparsity: most * share }]);
      return new SurgeryCallback({
        overrides: Object.fromEntries(overrides),
        keepZeros: true,
        seed,
        verbose: 0,
        ...options,
      });
    };
    const constant = { ...solver, lowest: solver.rate };
    if (isSplicing) {
      const options = { endStep: pruning * perEpoch, frequency: Math.round(perEpoch / updates), gamma: 0 };
      await train(model, await source(), { ...constant, epochs: pruning }, [surgery(1, options)], name);
    } else {
      const count = pruning * updates;
      const share = polynomialDecay({ initialValue: 0, finalValue: 1, beginStep: 0, endStep: count });
      for (let k = 1; k <= count; k++) {
        const callbacks = [surgery(share(k), { endStep: 1 })];
        const between = { ...constant, images: images / updates, epochs: 1, round: k };
        await train(model, await source(), between, callbacks, name);
      }
    }
    const hold = [surgery(1, { endStep: 1 })];
    return { model, history: await train(model, await source(), after, hold, name) };
  });
}
