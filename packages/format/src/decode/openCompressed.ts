import type { Bytes } from '../artifacts/bytes.js';
import { version1 } from '../codec/version1.js';
import { type OpenModel, open, type UnpackOptions } from './open.js';

/**
 * Reads the description in a compressed file and leaves its weights to be decoded one by
 * one, so that a program that stores them in another way never has all of them in memory.
 * The options, bounds and errors are those of unpack().
 *
 * @throws FormatError for everything but a whole, unchanged compressed file; also from
 *   tensors().
 * @example
 * const { artifacts, tensors } = openCompressed(bytes);
 * for (const { spec, data } of tensors()) console.log(spec.name, data.length);
 */
export function openCompressed(file: Bytes, options: UnpackOptions = {}): OpenModel {
  return open(file, options, version1);
}
