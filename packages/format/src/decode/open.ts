import type { io } from '@tensorflow/tfjs-core';
import { type Bytes, bytesOf } from '../artifacts/bytes.js';
import { codeTensor } from '../codec/codeTensor.js';
import { codeText } from '../codec/codeText.js';
import { crc32 } from '../codec/crc32.js';
import { FormatError } from '../codec/FormatError.js';
import { MixedBudget, mixedLimit } from '../codec/MixedBudget.js';
import type { OldCodings } from '../codec/version1.js';
import { bitDecoder } from './bitDecoder.js';
import { checkOptions } from './checkOptions.js';
import { decoderState } from './decoderState.js';
import { readContainer } from './readContainer.js';
import { readDescription } from './readDescription.js';

export interface UnpackOptions {
  /** What error messages call the file. Default: 'compressed model'. */
  name?: string;
  /**
   * Files whose weights take more bytes than this once decoded are refused. Default:
   * 2^30. A description may take 2^18 bytes and 64 for each byte of the file.
   */
  maxBytes?: number;
}

/** One decoded weight. */
export interface OpenTensor {
  spec: io.WeightsManifestEntry;
  /**
   * The bytes that tfjs stores for it, in the order of its shape, in an ArrayBuffer of
   * their own.
   */
  data: Uint8Array<ArrayBuffer>;
}

/** A compressed file whose description has been read and whose weights have not. */
export interface OpenModel {
  /** Everything but the weights: modelTopology, weightSpecs and so on. */
  artifacts: io.ModelArtifacts;
  /** artifacts.weightSpecs, or an empty list if the file has none. */
  specs: io.WeightsManifestEntry[];
  /** Bytes of all weights once decoded. */
  weightBytes: number;
  /**
   * Decodes the weights one after the other, each when it is asked for. The file can be
   * read once only, and is known to be whole when the last weight has been read.
   *
   * @param together Whether all share one ArrayBuffer of weightBytes, in which they
   *   follow one another at any offset. Default: false.
   * @throws FormatError, while iterating.
   */
  tensors(together?: boolean): IterableIterator<OpenTensor>;
}

/**
 * openCompressed() of any decoder.
 *
 * @param old Makes the codings of version 1, where files of it are to be read.
 */
export function open(file: Bytes, options: UnpackOptions, old?: () => OldCodings): OpenModel {
  checkOptions(options, 'maxBytes, name');
  const bytes = bytesOf(file);
  const { name = 'compressed model', maxBytes = 2 ** 30 } = options;
  const { version, weightBytes, jsonBytes, start, codedEnd, rawEnd } = readContainer(bytes, name, maxBytes, crc32);
  if (version === 1 && !old) {
    throw new FormatError(name, 3, 'version 1 needs @tfjs-compress/format/decode');
  }
  const decoder = bitDecoder(bytes, start, codedEnd, rawEnd);
  const located = (error: unknown) => new FormatError(name, decoder.offset(), (error as Error).message);
  try {
    const text = new Uint8Array(jsonBytes);
    const codings = version < 2 ? old?.() : undefined;
    codeText(decoder, text, codings);
    const { artifacts, specs, layouts } = readDescription(text, weightBytes);
    return {
      artifacts,
      specs,
      weightBytes,
      *tensors(together = false) {
        const state = decoderState(codings, new MixedBudget(mixedLimit(bytes.length)));
        let at = 0;
        try {
          const whole = together && new ArrayBuffer(weightBytes);
          for (const [i, { bytes: length, wide, shape }] of layouts.entries()) {
            const data = whole ? new Uint8Array(whole, at, length) : new Uint8Array(length);
            const all = new Uint8Array(data.buffer);
            const start = data.byteOffset;
            // Words need a multiple of four: where they have another place, they are
            // decoded before it and moved, without a copy of them.
            const first = wide ? start & ~3 : start;
            const before = all.slice(first, start);
            all.fill(0, first, start);
            codeTensor(decoder, state, wide ? new Int32Array(data.buffer, first, length / 4) : data, shape);
            if (start > first) all.copyWithin(start, first, first + length);
            all.set(before, first);
            yield { spec: specs[i], data };
            at += length;
          }
          decoder.finish();
        } catch (error) {
          throw located(error);
        }
      },
    };
  } catch (error) {
    throw located(error);
  }
}
