import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Reads one idx file of unsigned bytes, gzipped or not, and checks it against `expected`
 * ({ name, shape, md5 }). Returns the values as a Uint8Array, without the header. Throws
 * an Error that names the file and says what is wrong with it.
 */
export function readIdx(folder, expected) {
  const file = find(folder, expected.name);
  return parseIdx(unzip(readFileSync(file), file), file, expected);
}

/** The values of an idx file's bytes (already unzipped); `file` is for messages. */
export function parseIdx(bytes, file, { shape, md5 }) {
  const headerLength = 4 + 4 * shape.length;
  const magic = 0x0800 + shape.length;
  if (bytes.length < headerLength || bytes.readUInt32BE(0) !== magic) {
    const start = bytes.subarray(0, 4).toString('hex') || 'nothing';
    throw new Error(`${file} is not an idx file of ${shape.length}-dimensional bytes: it starts with ${start}.`);
  }
  const found = shape.map((_, i) => bytes.readUInt32BE(4 + 4 * i));
  if (found.join() !== shape.join()) {
    throw new Error(`${file} holds ${found.join(' × ')} values, expected ${shape.join(' × ')}.`);
  }
  const length = headerLength + shape.reduce((a, b) => a * b);
  if (bytes.length !== length) {
    throw new Error(`${file} is ${bytes.length} bytes long (unzipped), expected ${length}: it is cut off or damaged.`);
  }
  const sum = createHash('md5').update(bytes).digest('hex');
  if (sum !== md5)
    throw new Error(`${file} (unzipped) has MD5 ${sum}, expected ${md5}: it is damaged, fetch it again.`);
  return new Uint8Array(bytes.buffer, bytes.byteOffset + headerLength, length - headerLength);
}

/** Unzips gzipped bytes, returns others as they are. */
export function unzip(bytes, file) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new Error(`${file} does not unzip (${error.message}): it is cut off or damaged, fetch it again.`);
  }
}

/**
 * MNIST is found under both spellings, train-images-idx3-ubyte and
 * train-images.idx3-ubyte.
 */
function find(folder, name) {
  if (!existsSync(folder))
    throw new Error(`The folder ${folder} does not exist; it should hold ${name}, gzipped or not.`);
  const names = [name, name.replace('-idx', '.idx')].flatMap((each) => [each, `${each}.gz`]);
  const there = names.map((each) => join(folder, each)).find((path) => existsSync(path));
  if (!there) throw new Error(`${folder} holds none of ${names.join(', ')}.`);
  return there;
}
