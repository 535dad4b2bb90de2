import { magic, newestVersion, textLimit } from '../codec/container.js';
import { FormatError } from '../codec/FormatError.js';

/** What a CRC-32 is of any bytes followed by their own, little-endian. */
const residue = 0x2144df1c;

/**
 * The parts of a file: magic, four varints, the coded part, the raw part, CRC-32
 * (little-endian) of all before.
 */
export interface Container {
  version: number;
  /** Bytes of the weights once decoded. */
  weightBytes: number;
  /** Bytes of the JSON once decoded. */
  jsonBytes: number;
  /**
   * Where the coded part begins and ends, and where the raw part, which follows it, ends.
   */
  start: number;
  codedEnd: number;
  rawEnd: number;
}

/**
 * Reads and checks everything about a file that does not need decoding.
 *
 * @param maxBytes More bytes of weights are refused.
 * @param crc32 Of bytes[0, end).
 */
export function readContainer(
  bytes: Uint8Array,
  file: string,
  maxBytes: number,
  crc32: (bytes: Uint8Array, end: number) => number,
): Container {
  const fail = (offset: number, problem: string): never => {
    throw new FormatError(file, offset, problem);
  };
  const version = bytes[3];
  // It begins with '<' where a server answers every address with its page.
  const isPage = bytes[0] === 60;
  for (let i = 0; i < 3; i++) {
    if (bytes[i] !== magic[i]) fail(i, `this is ${isPage ? 'a web page, ' : ''}not a compressed model`);
  }
  if (!(version > 0 && version <= newestVersion)) {
    fail(3, `version ${version} of the format needs a newer @tfjs-compress/format`);
  }
  let at = 4;
  const number = (): number => {
    let value = 0;
    for (let unit = 1; unit < 2 ** 49; unit *= 128) {
      if (at >= bytes.length) fail(at, 'the file is cut off');
      const byte = bytes[at++];
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    return fail(at, 'a size is too large');
  };
  const [weightBytes, jsonBytes, codedBytes, rawBytes] = [number(), number(), number(), number()];
  const codedEnd = at + codedBytes;
  const rawEnd = codedEnd + rawBytes;
  if (bytes.length < rawEnd + 4) fail(bytes.length, `the file is cut off: ${rawEnd + 4} bytes expected`);
  if (bytes.length > rawEnd + 4) fail(rawEnd + 4, 'bytes follow the end of the model');
  if (crc32(bytes, rawEnd + 4) !== residue) fail(rawEnd, 'the checksum does not match');
  if (weightBytes > maxBytes || jsonBytes > textLimit(bytes.length)) {
    const allowed = `maxBytes (${maxBytes}) or the file's length allows`;
    fail(4, `${weightBytes} bytes of weights, ${jsonBytes} of text: more than ${allowed}`);
  }
  return { version, weightBytes, jsonBytes, start: at, codedEnd, rawEnd };
}
