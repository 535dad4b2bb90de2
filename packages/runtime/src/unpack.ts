import { columnsOf, FormatError, primer, readContainer, readDescription } from '@tfjs-compress/format/internal';
import { decoder } from './program/binaries.js';
import { binaryOf } from './program/binaryOf.js';
import type { Artifacts } from './readSource.js';

/** assembly/decoder/index.ts. */
interface Decoder {
  /** Where the coded part has been read to. */
  at: WebAssembly.Global<'i32'>;
  crc(end: number): number;
  open(length: number, version: number, start: number, end: number, rawEnd: number, room: number): number;
  text(from: number, start: number, end: number): void;
  tensor(size: number, shift: number, columns: number): number;
  places(data: number, size: number): number;
  finish(): void;
}

/**
 * The artifacts in a compressed file, as unpack of '@tfjs-compress/format' reads them,
 * and within the same bounds, a part for each weight; decoded by WebAssembly, which is
 * faster than JavaScript that an engine has not compiled yet.
 *
 * @throws FormatError for all but a whole, unchanged compressed file.
 */
export async function unpack(file: Uint8Array, name: string, maxBytes = 2 ** 30): Promise<Artifacts> {
  const memory = new WebAssembly.Memory({ initial: (file.length >>> 16) + 1 });
  // Growing takes the memory from all views.
  const view = (start = 0, length?: number) => new Uint8Array(memory.buffer, start, length);
  view().set(file);
  const { instance } = await WebAssembly.instantiate(binaryOf(decoder), { env: { memory } });
  const { at, crc, open, text, tensor, places, finish } = instance.exports as unknown as Decoder;
  const { version, weightBytes, jsonBytes, start, codedEnd, rawEnd } = readContainer(file, name, maxBytes, (_, end) =>
    crc(end),
  );
  try {
    const known = new TextEncoder().encode(primer);
    const from = open(file.length, version, start, codedEnd, rawEnd, known.length + jsonBytes);
    view().set(known, from);
    const json = from + known.length;
    text(from, json, json + jsonBytes);
    const { artifacts, layouts } = readDescription(view(json, jsonBytes), weightBytes);
    const found: (Uint32Array | undefined)[] = [];
    const weightData = layouts.map(({ bytes, wide, shape }) => {
      const size = wide ? bytes / 4 : bytes;
      const data = tensor(size, wide ? 2 : 0, columnsOf(shape)) >>> 0;
      const list = wide ? places(data, size) >>> 0 : 0;
      const count = list > 0 ? new Uint32Array(memory.buffer, list)[0] : size;
      found.push(count < size >>> 1 ? new Uint32Array(memory.buffer, list + 4, count).slice() : undefined);
      return view(data, bytes).slice();
    });
    finish();
    return (artifacts.weightSpecs ? { ...artifacts, weightData, places: found } : artifacts) as Artifacts;
  } catch (error) {
    // A trap ends the decoding of what no encoder writes.
    const isTrap = error instanceof WebAssembly.RuntimeError;
    throw new FormatError(
      name,
      Math.min(at.value, codedEnd),
      isTrap ? 'the file holds invalid data, or more than there is memory for' : (error as Error).message,
    );
  }
}
