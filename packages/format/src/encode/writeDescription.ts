import type { io } from '@tensorflow/tfjs-core';
import { ArgumentError } from '@tfjs-compress/math';
import { check } from '@tfjs-compress/math/internal';
import { parseDescription, type WeightEntry } from '../codec/description.js';

/**
 * The JSON of a description, as readDescription reads it, checked to be what it accepts:
 * not nested too deeply, no key that JavaScript takes for a prototype.
 */
export function writeDescription(description: object, specs?: io.WeightsManifestEntry[]): Uint8Array {
  const json = JSON.stringify({ ...description, ...(specs && { weights: specs.map(toEntry) }) });
  try {
    parseDescription(json);
  } catch (error) {
    throw new ArgumentError(
      'artifacts',
      'JSON that unpack reads',
      (error as Error).message.replace(' in the file', ''),
    );
  }
  const text = new TextEncoder().encode(json);
  check(text.length <= 2 ** 24, 'artifacts', 'at most 2^24 bytes of JSON', text.length);
  return text;
}

function toEntry({ name, shape, dtype, ...more }: io.WeightsManifestEntry): WeightEntry {
  if (Object.keys(more).length > 0) return [name, shape, dtype, more];
  return dtype === 'float32' ? [name, shape] : [name, shape, dtype];
}
