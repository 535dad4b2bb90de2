import type { io } from '@tensorflow/tfjs-core';
import { check, checkKnownOptions } from '@tfjs-compress/math';
import { joinBuffers, withStringBytes } from './artifactBytes.js';
import { choosePlan } from './choosePlan.js';
import { mixedLimit } from './decoder/codeSymbols.js';
import { layoutOf, type WeightEntry } from './decoder/description.js';
import { EncoderState } from './EncoderState.js';
import { checkLossy, type Lossy, quantize } from './quantize.js';
import { writeContainer } from './writeContainer.js';
import { writeText } from './writeText.js';

export interface PackOptions {
  /** Weights that may be stored with less precision. Default: none, every weight comes back bit for bit. */
  quantize?: Lossy;
  /** Called after each weight with the fraction that is done, from 0 to 1. */
  onProgress?: (fraction: number) => void;
  /** Called after each weight with its name and the bytes that it takes in the file, to within the few that the coder holds back. */
  onWeight?: (name: string, fileBytes: number) => void;
}

const packOptions = ['quantize', 'onProgress', 'onWeight'] as const;

/**
 * A compressed file of a model: everything in its artifacts, the weights bit for bit.
 *
 * @param artifacts What model.save() hands to its handler.
 * @throws ArgumentError when the topology is binary, the weights are a stream or do not match their specification, or the JSON has more
 *   than 2^24 bytes.
 */
export function pack(artifacts: io.ModelArtifacts, options: PackOptions = {}): Uint8Array<ArrayBuffer> {
  checkKnownOptions(options, packOptions, 'pack');
  const { quantize: lossy = {}, onProgress, onWeight } = options;
  checkLossy(lossy);
  const { weightSpecs, weightData, getWeightStream, ...description } = artifacts;
  check(
    !(description.modelTopology instanceof ArrayBuffer),
    'artifacts.modelTopology',
    'JSON',
    description.modelTopology,
  );
  check(!getWeightStream || weightData !== undefined, 'artifacts.weightData', 'the weights in memory', 'a stream');
  const data = joinBuffers(weightData);
  const specs = withStringBytes(weightSpecs ?? [], data);
  const layouts = specs.map(layoutOf);
  const weightBytes = layouts.reduce((sum, { bytes }) => sum + bytes, 0);
  check(weightBytes === data.length, 'artifacts.weightData', `${weightBytes} bytes as weightSpecs says`, data.length);
  const text = new TextEncoder().encode(
    JSON.stringify({ ...description, ...(weightSpecs && { weights: specs.map(toEntry) }) }),
  );
  check(text.length <= 2 ** 24, 'artifacts', 'at most 2^24 bytes of JSON', text.length);

  const { encoder, jsonBytes } = writeText(text);
  const state = new EncoderState();
  let at = 0;
  layouts.forEach(({ bytes, wide, shape }, i) => {
    const part = data.slice(at, at + bytes);
    const words = wide ? new Int32Array(part.buffer) : Int32Array.from(part);
    const before = encoder.size;
    const affine = quantize(words, specs[i], lossy);
    state.encode(encoder, words, shape, choosePlan(words, shape, mixedLimit(before) - state.budget.used, affine));
    at += bytes;
    onWeight?.(specs[i].name, encoder.size - before);
    onProgress?.(at / weightBytes);
  });
  const { coded, raw } = encoder.finish();
  return writeContainer(weightBytes, jsonBytes, coded, raw);
}

function toEntry({ name, shape, dtype, ...more }: io.WeightsManifestEntry): WeightEntry {
  if (Object.keys(more).length > 0) return [name, shape, dtype, more];
  return dtype === 'float32' ? [name, shape] : [name, shape, dtype];
}
