import { magic, newestVersion } from '../codec/container.js';
import { crc32 } from '../codec/crc32.js';

/** The bytes of a file, laid out as readContainer reads them. */
export function writeContainer(
  weightBytes: number,
  jsonBytes: number,
  coded: Uint8Array,
  raw: Uint8Array,
  version = newestVersion,
): Uint8Array<ArrayBuffer> {
  const header = [...magic, version, ...[weightBytes, jsonBytes, coded.length, raw.length].flatMap(varint)];
  const end = header.length + coded.length + raw.length;
  const file = new Uint8Array(end + 4);
  file.set(header);
  file.set(coded, header.length);
  file.set(raw, header.length + coded.length);
  new DataView(file.buffer).setInt32(end, crc32(file, end), true);
  return file;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
