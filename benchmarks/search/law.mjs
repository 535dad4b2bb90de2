import { random } from '@tfjs-compress/math/internal';

/**
 * A law that real trials follow, to make up results of others:
 * score = top − a · D^p · E^q, where D is the loss that the search's own sensitivities
 * predict for the plan and E are the epochs since the given model. What single trials
 * differ from it, their bytes and their time for an epoch are drawn from the real ones.
 */
export function fitLaw(baseline, trials) {
  const epochsBy = new Map();
  const points = trials
    .slice()
    .sort((a, b) => a.spec.generation - b.spec.generation)
    .map((trial) => {
      const epochs = addEpochs(trial.spec, epochsBy);
      const { loss, sizeBytes } = predicted(baseline, trial.spec.plan);
      const seconds = trial.seconds / (trial.spec.epochs.surgery + trial.spec.epochs.quantize);
      return { trial, x: Math.log(loss), y: Math.log(epochs), seconds, factor: trial.sizeBytes / sizeBytes };
    });
  let best;
  for (let p = 0.25; p <= 4; p += 0.25) {
    for (let q = -2; q <= 0; q += 0.1) {
      const one = fitLine(points.map(({ x, y, trial }) => [Math.exp(p * x + q * y), trial.score]));
      if (one.slope <= 0 && (!best || one.error < best.error)) best = { ...one, p, q };
    }
  }
  const { p, q, slope, top } = best;
  const scoreAt = (x, y) => top + slope * Math.exp(p * x + q * y);
  // What no real trial says: nothing is gained by more epochs than the longest of them
  // had.
  const longest = Math.max(...points.map(({ y }) => y));
  const residuals = points.map((point) => ({ ...point, rest: point.trial.score - scoreAt(point.x, point.y) }));
  const examples = baseline.examples ?? 1000;

  function resultOf(spec, seed) {
    const epochs = addEpochs(spec, epochsBy);
    const { loss, sizeBytes, kernels } = predicted(baseline, spec.plan);
    const [x, y] = [Math.log(loss), Math.min(longest, Math.log(epochs))];
    const near = residuals
      .map((point) => [Math.abs(point.x - x) + Math.abs(point.y - y), point])
      .sort(([a], [b]) => a - b)
      .slice(0, 8)
      .map(([, point]) => point);
    const pick = (list, k) => list[Math.floor(list.length * random(spec.seed, seed, k))];
    const like = pick(near, 1);
    const score = Math.min(1, Math.max(0.1, scoreAt(x, y) + pick(near, 2).rest));
    const figures = Object.entries(kernels).map(([path, kernel]) => [
      path,
      { ...kernel, levels: 2 ** Math.min(8, spec.plan[path].bits - 1), probe: like.trial.kernels[path].probe },
    ]);
    return {
      id: spec.id,
      spec,
      status: 'done',
      // Without the number of examples: a frontier is looked for, and a margin for chance
      // would only shift it.
      score: Math.round(score * examples) / examples,
      sizeBytes: Math.round(sizeBytes * like.factor),
      kernels: Object.fromEntries(figures),
      seconds: pick(points, 3).seconds * (spec.epochs.surgery + spec.epochs.quantize),
    };
  }

  const meanEpochSeconds = points.reduce((sum, { seconds }) => sum + seconds, 0) / points.length;
  const deviation = Math.sqrt(residuals.reduce((sum, { rest }) => sum + rest * rest, 0) / residuals.length);
  return { resultOf, meanEpochSeconds, figures: { top, slope, p, q, deviation, meanEpochSeconds } };
}

/**
 * The epochs since the given model, with those of the trials that this one goes on from.
 */
function addEpochs({ id, parent, epochs }, epochsBy) {
  const all = (epochsBy.get(parent) ?? 0) + epochs.surgery + epochs.quantize;
  epochsBy.set(id, all);
  return all;
}

/**
 * What the baseline's sensitivities say of a plan, between the choices that were
 * measured.
 */
function predicted({ kernels }, plan) {
  const found = Object.entries(plan).map(([path, { sparsity, bits }]) => {
    const { weights, choices } = kernels[path];
    const nonZeros = Math.max(1, Math.round((1 - sparsity) * weights));
    const same = choices.filter((choice) => choice.bits === bits).sort((a, b) => b.sparsity - a.sparsity);
    const at = Math.max(1, same.findIndex((choice) => choice.sparsity <= sparsity) || 1);
    const [sparse, dense] = [same[at - 1], same[Math.min(at, same.length - 1)]];
    const [low, high] = [Math.log(1 - sparse.sparsity), Math.log(1 - dense.sparsity)];
    const t = high > low ? Math.min(1, Math.max(0, (Math.log(nonZeros / weights) - low) / (high - low))) : 0;
    const between = (key) => sparse[key] ** (1 - t) * dense[key] ** t;
    return { path, weights, nonZeros, sizeBytes: between('sizeBytes'), loss: Math.max(1e-9, between('loss')) };
  });
  return {
    loss: found.reduce((sum, { loss }) => sum + loss, 0),
    sizeBytes: found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 100),
    kernels: Object.fromEntries(found.map(({ path, loss: _, ...figures }) => [path, figures])),
  };
}

function fitLine(pairs) {
  const mean = (k) => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length;
  const [mx, my] = [mean(0), mean(1)];
  const xx = pairs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const slope = pairs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / xx;
  const top = my - slope * mx;
  return { slope, top, error: pairs.reduce((sum, [x, y]) => sum + (y - top - slope * x) ** 2, 0) };
}
