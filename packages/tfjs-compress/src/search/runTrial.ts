import { util } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { pack } from '@tfjs-compress/format';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { weightFigures } from '@tfjs-compress/math';
import { weightsOf } from '../model/weights.js';
import { type Finished, finish } from './finish.js';
import { kernelsOf } from './kernels.js';
import { lossNoise } from './lossNoise.js';
import { multiplyAddsOf } from './multiplyAddsOf.js';
import { probeKernels } from './probeKernels.js';
import { roundRest } from './roundRest.js';
import { Start } from './Start.js';
import { noiseOf, scoreOf } from './scoreOf.js';
import { seededRandom } from './seededRandom.js';
import { trainStages } from './trainStages.js';
import type { DoneTrial, KernelFigures, Plan, SearchJob, TrialOptions, TrialOutcome, TrialSpec } from './types.js';

/**
 * Runs one trial: the weights of its parent, pruning, quantization, rounding of the rest,
 * size and score. Math.random is seeded meanwhile.
 *
 * @param parentFile The .tfz of the parent's weights; undefined for 'start'.
 * @returns Also for a trial that failed, whose error is in the result.
 * @throws Error, named AbortError, only when the signal is aborted.
 */
export async function runTrial(
  job: SearchJob,
  spec: TrialSpec,
  parentFile: Uint8Array | undefined,
  options: TrialOptions = {},
): Promise<TrialOutcome> {
  const begin = Date.now();
  const seconds = () => (Date.now() - begin) / 1000;
  try {
    const outcome = await seededRandom(spec.seed, () => done(job, spec, parentFile, options));
    return { ...outcome, result: { ...outcome.result, seconds: seconds() } };
  } catch (error) {
    if (options.signal?.aborted) throw abortError();
    const message = error instanceof Error ? error.message : String(error);
    return { result: { id: spec.id, spec, status: 'failed', error: message, seconds: seconds() } };
  }
}

async function done(
  job: SearchJob,
  spec: TrialSpec,
  parentFile: Uint8Array | undefined,
  { signal, onProgress = () => {} }: TrialOptions,
): Promise<TrialOutcome> {
  signal?.throwIfAborted();
  const start = await Start.ofJob(job);
  const { model, dispose } = await start.copy(parentFile);
  try {
    const plan = checkedPlan(model, spec.plan);
    const epochs = spec.epochs.surgery + spec.epochs.quantize;
    await trainStages(job.train, model, { ...spec, plan }, signal, (done) => onProgress((0.95 * done) / epochs));
    const score = async () => (await scoreOf(job.evaluate, model)).score;
    const trained = await scoreOf(job.evaluate, model);
    signal?.throwIfAborted();
    const kernels = new Set(kernelsOf(model).map(({ variable }) => variable));
    await roundRest(model, kernels, score, trained.score - noiseOf(trained) / 4);
    const artifacts = await artifactsOf(model);
    const probes = await probeKernels(model, job.evaluate);
    signal?.throwIfAborted();
    const finished = finish(artifacts);
    const sizes = new Map(
      kernelsOf(model).map(({ path, variable }) => [path, util.sizeFromShape(variable.shape as number[])]),
    );
    const result = await resultOf(job, start, spec, finished, { probes, sizes });
    return { result, file: pack(artifacts), model: finished.file };
  } finally {
    dispose();
  }
}

async function resultOf(
  job: SearchJob,
  start: Start,
  spec: TrialSpec,
  { artifacts, file, sizes }: Finished,
  before: { probes: Record<string, number>; sizes: Map<string, number> },
): Promise<DoneTrial> {
  const { model, dispose } = await start.load(artifacts);
  try {
    const { each, ...scored } = await scoreOf(job.evaluate, model);
    const noise = each && (await lossNoise(job, start, each));
    const kernels = weightsOf(artifacts)
      .filter(({ path }) => path in spec.plan)
      .map(({ path, values, index }): [string, KernelFigures] => {
        const { nonZeros, levels } = weightFigures(values);
        const weights = before.sizes.get(path)!;
        return [path, { weights, nonZeros, levels, sizeBytes: sizes[index], probe: before.probes[path] }];
      });
    return {
      id: spec.id,
      spec,
      status: 'done',
      ...scored,
      ...(noise !== undefined && { noise }),
      sizeBytes: file.length,
      multiplyAdds: multiplyAddsOf(artifacts, model).total,
      kernels: Object.fromEntries(kernels),
      seconds: 0,
    };
  } finally {
    dispose();
  }
}

/** @throws Error when the job's model is not the one that the plan was made for. */
function checkedPlan(model: LayersModel, plan: Plan): Plan {
  const paths = kernelsOf(model).map(({ path }) => path);
  const unknown = Object.keys(plan).find((path) => !paths.includes(path));
  if (unknown === undefined) return plan;
  throw new Error(
    `the plan names the kernel ${unknown}, and the model has ${paths.join(', ')}. Give its layers names, so that ` +
      'model() makes the same in every process.',
  );
}

function abortError(): Error {
  return new DOMException('The search was stopped.', 'AbortError');
}
