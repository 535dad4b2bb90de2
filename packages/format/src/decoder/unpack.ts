import type { io } from '@tensorflow/tfjs-core';
import { type BitDecoder, bitDecoder } from './bitDecoder.js';
import { checkOptions } from './checkOptions.js';
import { MixedBudget, mixedLimit } from './codeSymbols.js';
import { codeTensor, TensorState } from './codeTensor.js';
import { codeText, textLimit } from './codeText.js';
import { readContainer } from './container.js';
import { layoutOf, parseDescription, toSpec } from './description.js';
import { FormatError, invalid } from './FormatError.js';
import { type Bytes, bytesOf } from './readSource.js';

export interface UnpackOptions {
  /** What error messages call the file. Default: 'compressed model'. */
  name?: string;
  /**
   * Weights that take more than this once decoded, in bytes, are refused. Default: 2^30. Descriptions: what the file's length allows, 2^18
   * bytes and 64 for each of its own.
   */
  maxBytes?: number;
}

/**
 * The model artifacts in the bytes of a compressed file, for tf.loadLayersModel(tf.io.fromMemory(artifacts)). Time and memory are bounded
 * by the length of the file and by maxBytes, whatever the file holds (SPEC.md, "Bounds").
 *
 * @throws FormatError, which names the file and the byte, for everything that is not a whole, unchanged compressed file.
 */
export function unpack(file: Bytes, options: UnpackOptions = {}): io.ModelArtifacts {
  checkOptions(options, 'maxBytes, name');
  const bytes = bytesOf(file);
  const { name = 'compressed model', maxBytes = 2 ** 30 } = options;
  const { weightBytes, jsonBytes, start, codedEnd, rawEnd } = readContainer(bytes, name);
  if (weightBytes > maxBytes || jsonBytes > textLimit(bytes.length)) {
    const sizes = `${weightBytes} bytes of weights, ${jsonBytes} of text`;
    throw new FormatError(name, 4, `${sizes}: more than maxBytes (${maxBytes}) or the file's length allows`);
  }
  const decoder = bitDecoder(bytes, start, codedEnd, rawEnd);
  try {
    const text = new Uint8Array(jsonBytes);
    codeText(decoder, text);
    const artifacts = parseDescription(new TextDecoder('utf-8', { fatal: true }).decode(text));
    const { weights } = artifacts;
    // Whatever a forged description says of these.
    for (const key of ['weights', 'weightSpecs', 'weightData', 'getWeightStream']) delete artifacts[key];
    if (weights) {
      artifacts.weightSpecs = weights.map(toSpec);
      const state = new TensorState(new MixedBudget(mixedLimit(bytes.length)));
      artifacts.weightData = decodeWeights(decoder, state, artifacts.weightSpecs, weightBytes);
    }
    decoder.finish();
    return artifacts;
  } catch (error) {
    throw new FormatError(name, decoder.offset(), (error as Error).message);
  }
}

function decodeWeights(
  decoder: BitDecoder,
  state: TensorState,
  specs: io.WeightsManifestEntry[],
  weightBytes: number,
): ArrayBuffer {
  const layouts = specs.map(layoutOf);
  if (layouts.reduce((sum, { bytes }) => sum + bytes, 0) !== weightBytes) invalid('size of the weights');
  const buffer = new ArrayBuffer(weightBytes);
  const all = new Uint8Array(buffer);
  let at = 0;
  for (const { bytes, wide, shape } of layouts) {
    if (wide) {
      // Words that do not begin at a multiple of four are decoded at the one before and moved, without a copy of them.
      const shift = at & 3;
      const before = all.slice(at - shift, at);
      all.fill(0, at - shift, at);
      codeTensor(decoder, state, new Int32Array(buffer, at - shift, bytes / 4), shape);
      if (shift > 0) all.copyWithin(at, at - shift, at - shift + bytes);
      all.set(before, at - shift);
    } else {
      codeTensor(decoder, state, all.subarray(at, at + bytes), shape);
    }
    at += bytes;
  }
  return buffer;
}
