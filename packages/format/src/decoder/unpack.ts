import type { io } from '@tensorflow/tfjs-core';
import { type BitDecoder, bitDecoder } from './bitDecoder.js';
import { codeTensor, TensorState } from './codeTensor.js';
import { codeText, maxText } from './codeText.js';
import { readContainer } from './container.js';
import { layoutOf, parseDescription, toSpec } from './description.js';
import { FormatError, invalid } from './FormatError.js';

export interface UnpackOptions {
  /** What error messages call the file. Default: 'compressed model'. */
  name?: string;
  /** Weights that take more than this once decoded, in bytes, are refused. Default: 2^30. Descriptions: always 2^24. */
  maxBytes?: number;
}

/**
 * The model artifacts in the bytes of a compressed file, for tf.loadLayersModel(tf.io.fromMemory(artifacts)).
 *
 * @throws FormatError, which names the file and the byte, for everything that is not a whole, unchanged compressed file.
 */
export function unpack(bytes: Uint8Array, options: UnpackOptions = {}): io.ModelArtifacts {
  const { name = 'compressed model', maxBytes = 2 ** 30 } = options;
  const { weightBytes, jsonBytes, start, codedEnd, rawEnd } = readContainer(bytes, name);
  const fits = weightBytes <= maxBytes && jsonBytes <= maxText;
  if (!fits)
    throw new FormatError(name, 4, `${weightBytes} + ${jsonBytes} bytes are more than maxBytes (${maxBytes}) allows`);
  const decoder = bitDecoder(bytes, start, codedEnd, rawEnd);
  try {
    const text = new Uint8Array(jsonBytes);
    codeText(decoder, text);
    const { weights, ...artifacts } = parseDescription(new TextDecoder('utf-8', { fatal: true }).decode(text));
    if (weights !== undefined) {
      artifacts.weightSpecs = weights.map(toSpec);
      artifacts.weightData = decodeWeights(decoder, artifacts.weightSpecs, weightBytes);
    }
    decoder.finish();
    return artifacts;
  } catch (error) {
    throw new FormatError(name, decoder.offset(), (error as Error).message);
  }
}

function decodeWeights(decoder: BitDecoder, specs: io.WeightsManifestEntry[], weightBytes: number): ArrayBuffer {
  const layouts = specs.map(layoutOf);
  if (layouts.reduce((sum, { bytes }) => sum + bytes, 0) !== weightBytes) invalid('size of the weights');
  const buffer = new ArrayBuffer(weightBytes);
  const state = new TensorState();
  let at = 0;
  for (const { bytes, wide, shape } of layouts) {
    const inPlace = wide && at % 4 === 0;
    const data = inPlace ? new Int32Array(buffer, at, bytes / 4) : new Int32Array(wide ? bytes / 4 : bytes);
    codeTensor(decoder, state, data, shape);
    if (!inPlace) new Uint8Array(buffer, at, bytes).set(wide ? new Uint8Array(data.buffer) : data);
    at += bytes;
  }
  return buffer;
}
