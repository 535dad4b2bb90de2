/** A copy from some strides to others. */
export function copy(p: usize, t: usize): void {
  const from = load<usize>(p) + t * load<usize>(p, 8);
  const to = load<usize>(p, 4) + t * load<usize>(p, 12);
  if (ALL) copyDimensions(from, to, p + 20, load<i32>(p, 16));
  // Dense layers only transpose: see DenseModel.
  else transpose(from, load<usize>(p, 36), to, load<usize>(p, 28), load<i32>(p, 32), load<i32>(p, 20));
}

/** The copy over `rank` dimensions at `sizes`: for each its size and two strides. */
function copyDimensions(from: usize, to: usize, sizes: usize, rank: i32): void {
  if (rank === 0) {
    store<u32>(to, load<u32>(from));
    return;
  }
  const size = load<i32>(sizes);
  const fromStride = load<usize>(sizes, 4);
  const toStride = load<usize>(sizes, 8);
  if (rank === 1) {
    copyRow(from, fromStride, to, toStride, size);
    return;
  }
  if (rank === 2) {
    const columns = load<i32>(sizes, 12);
    const fromColumn = load<usize>(sizes, 16);
    const toColumn = load<usize>(sizes, 20);
    if (fromColumn === 4 && toStride === 4) {
      transpose(from, fromStride, to, toColumn, size, columns);
      return;
    }
    if (fromStride === 4 && toColumn === 4) {
      transpose(from, fromColumn, to, toStride, columns, size);
      return;
    }
  }
  for (let i = 0; i < size; i++) {
    copyDimensions(from, to, sizes + 12, rank - 1);
    from += fromStride;
    to += toStride;
  }
}

/**
 * `size` elements in a row, `fromStride` bytes apart, to where they are `toStride` bytes
 * apart. The last four of adjacent ones may be some that were copied before.
 */
export function copyRow(from: usize, fromStride: usize, to: usize, toStride: usize, size: i32): void {
  if (ALL && toStride === 4 && size >= 4) {
    const last = (<usize>(size - 4)) << 2;
    if (fromStride === 4) {
      if (size > 128) memory.copy(to, from, last + 16);
      else {
        for (let at: usize = 0; at < last; at += 16) v128.store(to + at, v128.load(from + at));
        v128.store(to + last, v128.load(from + last));
      }
      return;
    }
    if (fromStride === 8) {
      for (let at: usize = 0; at < last; at += 16) takeEven(from + 2 * at, to + at);
      takeEven(from + 2 * last, to + last);
      return;
    }
  }
  for (let i = 0; i < size; i++) {
    store<u32>(to, load<u32>(from));
    from += fromStride;
    to += toStride;
  }
}

/** The first, third, fifth and seventh of seven numbers. */
function takeEven(from: usize, to: usize): void {
  v128.store(to, v128.shuffle<f32>(v128.load(from), v128.load(from, 12), 0, 2, 5, 7));
}

/** Rows of `columns` adjacent elements become columns of adjacent elements. */
function transpose(from: usize, fromRow: usize, to: usize, toColumn: usize, rows: i32, columns: i32): void {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let source = from;
    let target = to;
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      transpose4x4(source, fromRow, target, toColumn);
      source += 16;
      target += 4 * toColumn;
    }
    for (; j < columns; j++) {
      copyRow(source, fromRow, target, 4, 4);
      source += 4;
      target += toColumn;
    }
    from += 4 * fromRow;
    to += 16;
  }
  for (; i < rows; i++) {
    copyRow(from, 4, to, toColumn, columns);
    from += fromRow;
    to += 4;
  }
}

function transpose4x4(from: usize, row: usize, to: usize, column: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + row);
  const r2 = v128.load(from + 2 * row);
  const r3 = v128.load(from + 3 * row);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + column, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * column, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * column, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

export function fill(p: usize): void {
  fillAll(load<usize>(p), load<i32>(p, 4), load<f32>(p, 8));
}

/** `count` times `value`. */
export function fillAll(to: usize, count: i32, value: f32): void {
  const end = to + ((<usize>count) << 2);
  const vector = f32x4.splat(value);
  const vectors = end - 12;
  for (; to < vectors; to += 16) v128.store(to, vector);
  for (; to < end; to += 4) store<f32>(to, value);
}
