/**
 * Loops over contiguous float32 values, four at a time. Sizes are in values, addresses
 * and strides in bytes.
 */

/** to[i] += from[i]. */
export function addTo(to: usize, from: usize, count: i32): void {
  const end = to + ((<usize>count) << 2);
  const vectors = to + ((<usize>(count & ~3)) << 2);
  for (; to < vectors; to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}

/** Writes `row` (n values) m times, one after the other. */
export function fillRows(to: usize, row: usize, m: i32, n: i32): void {
  const bytes = (<usize>n) << 2;
  for (let i = 0; i < m; i++) {
    memory.copy(to, row, bytes);
    to += bytes;
  }
}

/**
 * Copies rows of `bytes` bytes that begin `fromStep` bytes apart to where they begin
 * `toStep` bytes apart.
 */
export function copyRows(from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, bytes: usize): void {
  for (let i = 0; i < rows; i++) {
    memory.copy(to, from, bytes);
    from += fromStep;
    to += toStep;
  }
}

/**
 * Puts rows ids[0], ids[1], … of x (n values each) one after the other; the ids are those
 * of rows.
 */
export function gatherRows(x: usize, ids: usize, out: usize, count: i32, n: i32): void {
  const bytes = (<usize>n) << 2;
  for (let i = 0; i < count; i++) {
    memory.copy(out, x + <usize>load<i32>(ids + ((<usize>i) << 2)) * bytes, bytes);
    out += bytes;
  }
}

/**
 * Sums of so many rows are made before they are added up, which keeps rounding errors
 * from growing with the number of rows.
 */
const BLOCK: i32 = 128;

/** sums[j] = Σ x[i·n + j] over m rows; `scratch` holds n values. */
export function sumRows(x: usize, sums: usize, scratch: usize, m: i32, n: i32): void {
  const bytes = (<usize>n) << 2;
  memory.fill(sums, 0, bytes);
  for (let i = 0; i < m; i += BLOCK) {
    memory.fill(scratch, 0, bytes);
    const rows = min(m - i, BLOCK);
    let j = 0;
    for (; j + 16 <= n; j += 16) sumColumns16(x + ((<usize>j) << 2), scratch + ((<usize>j) << 2), rows, bytes);
    for (; j + 4 <= n; j += 4) sumColumns4(x + ((<usize>j) << 2), scratch + ((<usize>j) << 2), rows, bytes);
    for (; j < n; j++) {
      let sum: f32 = 0;
      for (let r = 0; r < rows; r++) sum += load<f32>(x + <usize>r * bytes + ((<usize>j) << 2));
      store<f32>(scratch + ((<usize>j) << 2), sum);
    }
    addTo(sums, scratch, n);
    x += <usize>rows * bytes;
  }
}

function sumColumns16(x: usize, sums: usize, rows: i32, stride: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
    x += stride;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

function sumColumns4(x: usize, sums: usize, rows: i32, stride: usize): void {
  let sum = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    sum = f32x4.add(sum, v128.load(x));
    x += stride;
  }
  v128.store(sums, sum);
}

/**
 * Adds row i of x (n values) to row ids[i] of sums, where that is from 0 to segments − 1;
 * sums is cleared first.
 */
export function sumSegments(x: usize, ids: usize, sums: usize, m: i32, n: i32, segments: i32): void {
  const bytes = (<usize>n) << 2;
  memory.fill(sums, 0, <usize>segments * bytes);
  for (let i = 0; i < m; i++) {
    const id = load<i32>(ids + ((<usize>i) << 2));
    if (id >= 0 && id < segments) addTo(sums + <usize>id * bytes, x, n);
    x += bytes;
  }
}

/** Turns each of `count` matrices of m × n values into one of n × m. */
export function transposeMatrices(x: usize, out: usize, count: i32, m: i32, n: i32): void {
  const row = (<usize>n) << 2;
  const column = (<usize>m) << 2;
  for (let b = 0; b < count; b++) {
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      let from = x + <usize>i * row;
      let to = out + ((<usize>i) << 2);
      let j = 0;
      for (; j + 4 <= n; j += 4) {
        transpose4x4(from, row, to, column);
        from += 16;
        to += 4 * column;
      }
      for (; j < n; j++) {
        for (let k = 0; k < 4; k++) store<f32>(to + ((<usize>k) << 2), load<f32>(from + <usize>k * row));
        from += 4;
        to += column;
      }
    }
    for (; i < m; i++) {
      for (let j = 0; j < n; j++) store<f32>(out + ((<usize>j * m + i) << 2), load<f32>(x + ((<usize>i * n + j) << 2)));
    }
    x += <usize>m * row;
    out += <usize>m * row;
  }
}

/**
 * Turns the 4 × 4 values at `from`, with `row` bytes from one row to the next, into those
 * at `to`, with `column` bytes.
 */
export function transpose4x4(from: usize, row: usize, to: usize, column: usize): void {
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
