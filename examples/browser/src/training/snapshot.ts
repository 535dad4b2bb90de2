import { argMax, io, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { effectiveWeights, packAsync } from 'tfjs-compress';
import type { Artifacts, Kernel, Point } from '../messages.js';
import { type Digits, side, toFloats } from './digits.js';
import type { StageName } from './plan.js';

/** So many images go through the network at once. */
const atOnce = 250;

export interface Snapshot {
  point: Point;
  kernels: Kernel[];
  file: Uint8Array;
}

/**
 * What the network is worth at this moment: right answers, weights, and the bytes of its
 * file.
 */
export async function snapshot(model: LayersModel, stage: StageName, validation: Digits): Promise<Snapshot> {
  const kernels = await kernelsOf(model);
  const file = await packAsync(withoutMetadata(await artifactsOf(model)));
  const all = kernels.flatMap(({ values }) => [...values]);
  const share = (is: (value: number) => boolean) => all.filter(is).length / all.length;
  const point = {
    stage,
    accuracy: await accuracyOf((xs) => predict(model, xs), validation),
    zeros: share((value) => value === 0),
    onLevels: share((value) => value !== 0 && Number.isInteger(Math.log2(Math.abs(value)))),
    bytes: file.length,
  };
  return { point, kernels, file };
}

/** @param includeOptimizer For a training that is to go on. */
export async function artifactsOf(model: LayersModel, includeOptimizer = false): Promise<Artifacts> {
  return await new Promise((resolve, reject) => {
    const handler = io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    model.save(handler, { includeOptimizer }).catch(reject);
  });
}

/**
 * Of a training that can go on, the metadata hold what is under the masks: no part of
 * what one ships.
 */
function withoutMetadata({ userDefinedMetadata: _, trainingConfig: __, ...artifacts }: Artifacts): Artifacts {
  return artifacts;
}

/** The kernels as the network computes with them: what is masked is 0. */
async function kernelsOf(model: LayersModel): Promise<Kernel[]> {
  const weights = effectiveWeights(model);
  const kernels = model.weights.flatMap(({ originalName }, i) =>
    originalName.endsWith('/kernel') ? [{ name: originalName.split('/')[0], weight: weights[i] }] : [],
  );
  const read = await Promise.all(
    kernels.map(async ({ name, weight }) => ({
      name,
      shape: weight.shape,
      values: Float32Array.from((await weight.data()) as Float32Array),
    })),
  );
  for (const weight of weights) weight.dispose();
  return read;
}

/**
 * The fraction of right answers. `answers` gives the digit that is taken for the
 * likeliest, of each image.
 */
export async function accuracyOf(
  answers: (images: Float32Array) => Promise<ArrayLike<number>> | ArrayLike<number>,
  { count, images, labels }: Digits,
): Promise<number> {
  const pixels = side * side;
  let right = 0;
  for (let start = 0; start < count; start += atOnce) {
    const part = toFloats(images.subarray(start * pixels, (start + atOnce) * pixels));
    const found = await answers(part);
    for (let i = 0; i < found.length; i++) if (found[i] === labels[start + i]) right++;
  }
  return right / count;
}

export async function predict(model: LayersModel, images: Float32Array): Promise<ArrayLike<number>> {
  const answers = tidy(() => argMax(model.predict(asTensor(images)) as Tensor4D, -1));
  const data = await answers.data();
  answers.dispose();
  return data;
}

export function asTensor(images: Float32Array): Tensor4D {
  return tensor4d(images, [images.length / (side * side), side, side, 1]);
}
