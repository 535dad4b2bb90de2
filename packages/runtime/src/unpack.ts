import { columnsOf, FormatError, primer, readContainer, readDescription } from '@tfjs-compress/format/internal';
import type { ColumnLists } from './graph/readWeights.js';
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
  columnLists(data: number, size: number, columns: number): number;
  finish(): void;
}

/** The decoder, which can be compiled while a file is on its way. */
export function compileDecoder(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(binaryOf(decoder));
}

/**
 * The artifacts in a compressed file, as unpack of '@tfjs-compress/format' reads them,
 * and within the same bounds, a part for each weight; decoded by WebAssembly, which is
 * faster than JavaScript that an engine has not compiled yet.
 *
 * @param module What compileDecoder() gave, where it was called before the file was
 *   there.
 * @throws FormatError for all but a whole, unchanged compressed file.
 */
export async function unpack(
  file: Uint8Array,
  name: string,
  maxBytes = 2 ** 30,
  module = compileDecoder(),
): Promise<Artifacts> {
  const memory = new WebAssembly.Memory({ initial: (file.length >>> 16) + 1 });
  // Growing takes the memory from all views.
  const view = (start = 0, length?: number) => new Uint8Array(memory.buffer, start, length);
  view().set(file);
  const { exports } = await WebAssembly.instantiate(await module, { env: { memory } });
  const { at, crc, open, text, tensor, columnLists, finish } = exports as unknown as Decoder;
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
    const found: (ColumnLists | undefined)[] = [];
    const weightData = layouts.map(({ bytes, wide, shape }) => {
      const size = wide ? bytes / 4 : bytes;
      const data = tensor(size, wide ? 2 : 0, columnsOf(shape)) >>> 0;
      const columns = shape.at(-1) || 1;
      // Where there are no elements, a forged shape may have any number of columns.
      const list = wide && size > 0 && shape.length > 1 ? columnLists(data, size, columns) >>> 0 : 0;
      const words = (start: number, count: number) => new Uint32Array(memory.buffer, start, count).slice();
      const counts = words(list, list && columns);
      const count = counts.reduce((sum, one) => sum + one, 0);
      found.push(list ? { counts, places: words(list + 4 * columns, count) } : undefined);
      return view(data, bytes).slice();
    });
    finish();
    return (artifacts.weightSpecs ? { ...artifacts, weightData, lists: found } : artifacts) as Artifacts;
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
