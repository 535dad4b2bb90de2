/** Numbers as a file holds them, with their shape. */
export interface NumberArray {
  shape: number[];
  values: Float32Array;
}

/** How each type of NumPy's .npy files is read; little endian. */
const readers: Record<string, [bytes: number, read: (view: DataView, at: number) => number]> = {
  '<f4': [4, (view, at) => view.getFloat32(at, true)],
  '<f8': [8, (view, at) => view.getFloat64(at, true)],
  '|u1': [1, (view, at) => view.getUint8(at)],
  '|i1': [1, (view, at) => view.getInt8(at)],
  '|b1': [1, (view, at) => view.getUint8(at)],
  '<u2': [2, (view, at) => view.getUint16(at, true)],
  '<i2': [2, (view, at) => view.getInt16(at, true)],
  '<i4': [4, (view, at) => view.getInt32(at, true)],
  '<i8': [8, (view, at) => Number(view.getBigInt64(at, true))],
};

/**
 * The array in a .npy file (NumPy's format, versions 1 to 3). Throws an Error that says
 * what is wrong. npyjs reads such files, too, and brings fetch() for Node with it.
 */
export function readNpy(bytes: Uint8Array): NumberArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== '\x93NUMPY')
    throw new Error('this is no .npy file');
  const isFirst = bytes[6] === 1;
  const begin = isFirst ? 10 : 12;
  const end = begin + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder('latin1').decode(bytes.subarray(begin, end));
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const reader = readers[type];
  if (!reader)
    throw new Error(`values of type '${type}' are not read, expected one of ${Object.keys(readers).join(' ')}`);
  if (sizes === undefined || !/'fortran_order':\s*False/.test(header))
    throw new Error('the array has to be in C order (numpy.ascontiguousarray)');
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  const count = shape.reduce((a, b) => a * b, 1);
  const [size, read] = reader;
  if (end + count * size > bytes.length) throw new Error(`the file is cut off: ${count} values were expected`);
  return { shape, values: Float32Array.from({ length: count }, (_, i) => read(view, end + i * size)) };
}

/**
 * Nested lists of numbers, all of one length at each depth. Throws an Error that says
 * what is wrong.
 */
export function readNested(json: unknown): NumberArray {
  const shape: number[] = [];
  for (let at = json; Array.isArray(at); at = at[0]) shape.push(at.length);
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  let count = 0;
  const visit = (part: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof part !== 'number') throw new Error(`expected numbers in nested lists, found ${JSON.stringify(part)}`);
      values[count++] = part;
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[depth])
      throw new Error(`the lists are not all of one length: expected ${shape[depth]} values at depth ${depth + 1}`);
    for (const each of part) visit(each, depth + 1);
  };
  visit(json, 0);
  return { shape, values };
}
