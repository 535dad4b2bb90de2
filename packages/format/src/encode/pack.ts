import type { io } from '@tensorflow/tfjs-core';
import { check, checkKnownOptions } from '@tfjs-compress/math/internal';
import { layoutOf } from '../artifacts/layout.js';
import { joinBuffers, withStringBytes } from '../artifacts/weights.js';
import { mixedLimit } from '../codec/MixedBudget.js';
import { checkArtifacts } from './checkArtifacts.js';
import { choosePlan } from './choosePlan.js';
import { EncoderState } from './EncoderState.js';
import { checkLossy, type Lossy, quantize } from './quantize.js';
import { writeContainer } from './writeContainer.js';
import { writeDescription } from './writeDescription.js';
import { writeText } from './writeText.js';

export interface PackOptions {
  /**
   * Weights that may be stored with less precision. Default: none, every weight comes
   * back bit for bit.
   */
  quantize?: Lossy;
  /** Called after each weight with the fraction that is done, from 0 to 1. */
  onProgress?: (fraction: number) => void;
  /**
   * Called after each weight with its name and the bytes that it takes in the file, to
   * within the few that the coder holds back.
   */
  onWeight?: (name: string, fileBytes: number) => void;
}

export const packOptionNames = ['quantize', 'onProgress', 'onWeight'] as const;

/**
 * A compressed file of a model: everything in its artifacts, the weights bit for bit.
 *
 * ```js
 * const bytes = pack(await artifactsOf(model), { quantize: { float16: /bias$/ } });
 * console.log(bytes.length < 1000); // → true
 * ```
 *
 * @param artifacts What model.save() hands to its handler.
 * @throws ArgumentError for what could not be read back: a binary topology, weights that
 *   are a stream or do not match their specification, JSON of more than 2^24 bytes or
 *   nested more than 200 deep; and for a selector of `quantize` that selects nothing.
 */
export function pack(artifacts: io.ModelArtifacts, options: PackOptions = {}): Uint8Array<ArrayBuffer> {
  const steps = packing(artifacts, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** pack(), step by step. */
export function* packing(
  artifacts: io.ModelArtifacts,
  options: PackOptions,
): Generator<void, Uint8Array<ArrayBuffer>, void> {
  checkKnownOptions(options, packOptionNames, 'pack');
  const { quantize: lossy = {}, onProgress, onWeight } = options;
  checkCallback(onProgress, 'onProgress');
  checkCallback(onWeight, 'onWeight');
  checkArtifacts(artifacts);
  const { weightSpecs, weightData, getWeightStream: _, ...description } = artifacts;
  checkLossy(lossy, weightSpecs ?? []);
  const data = joinBuffers(weightData);
  const specs = withStringBytes(weightSpecs ?? [], data);
  const layouts = specs.map(layoutOf);
  const weightBytes = layouts.reduce((sum, { bytes }) => sum + bytes, 0);
  check(weightBytes === data.length, 'artifacts.weightData', `${weightBytes} bytes as weightSpecs says`, data.length);
  const { encoder, jsonBytes } = writeText(writeDescription(description, weightSpecs && specs));
  const state = new EncoderState();
  let at = 0;
  for (const [i, { bytes, wide, shape }] of layouts.entries()) {
    yield;
    const part = data.slice(at, at + bytes);
    const words = wide ? new Int32Array(part.buffer) : Int32Array.from(part);
    const before = encoder.size;
    const affine = quantize(words, specs[i], lossy);
    const tensor = { data: words, shape, wide, affine };
    const plan = yield* choosePlan(tensor, state, mixedLimit(before) - state.budget.used);
    yield* state.encodeInSteps(encoder, words, shape, plan);
    at += bytes;
    onWeight?.(specs[i].name, encoder.size - before);
    onProgress?.(at / weightBytes);
  }
  const { coded, raw } = encoder.finish();
  return writeContainer(weightBytes, jsonBytes, coded, raw);
}

function checkCallback(given: unknown, argument: string): void {
  check(given === undefined || typeof given === 'function', argument, 'a function', given);
}
