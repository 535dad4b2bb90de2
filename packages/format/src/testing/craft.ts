import { codeText } from '../codec/codeText.js';
import { newestVersion } from '../codec/container.js';
import type { TensorPlan } from '../codec/TensorPlan.js';
import { version1 } from '../codec/version1.js';
import { BitEncoder } from '../encode/BitEncoder.js';
import { EncoderState } from '../encode/EncoderState.js';
import { writeContainer } from '../encode/writeContainer.js';

/** A tensor as 32-bit elements, in a coding of the caller's choice. */
export interface CraftedTensor {
  data: Int32Array;
  shape: number[];
  plan: TensorPlan;
}

/**
 * A file with a right checksum made of any parts: pack() would choose the plans itself
 * and refuse most of what attacks are made of.
 *
 * @param description JSON, or text (or bytes) that are meant to be JSON.
 */
export function craft(
  description: object | string | Uint8Array,
  tensors: Iterable<CraftedTensor> = [],
  weightBytes?: number,
  version = newestVersion,
): Uint8Array<ArrayBuffer> {
  let bytes = 0;
  return craftWith(
    description,
    (encoder, state) => {
      for (const { data, shape, plan } of tensors) {
        state.encode(encoder, data.slice(), shape, plan);
        bytes += 4 * data.length;
      }
    },
    () => weightBytes ?? bytes,
    version,
  );
}

/** The same with tensors that `write` puts down bit by bit. */
export function craftWith(
  description: object | string | Uint8Array,
  write: (encoder: BitEncoder, state: EncoderState) => void,
  weightBytes: () => number,
  version = newestVersion,
): Uint8Array<ArrayBuffer> {
  const json = typeof description === 'string' ? description : JSON.stringify(description);
  const text = description instanceof Uint8Array ? description : new TextEncoder().encode(json);
  const encoder = new BitEncoder();
  const old = version < 2 ? version1() : undefined;
  codeText(encoder, text.slice(), old);
  write(encoder, new EncoderState(old));
  const { coded, raw } = encoder.finish();
  return writeContainer(weightBytes(), text.length, coded, raw, version);
}
