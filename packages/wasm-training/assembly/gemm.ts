import { transpose4x4 } from './vectors';

/**
 * C = A·B for float32, in tiles of 4 × 8 values that stay in registers: of the tile sizes
 * tried, the largest for which V8 spills none.
 *
 * A(i, k) lies at `a + load(rows + 4i) + load(columns + 4k)`, with two tables of byte
 * offsets. That is a matrix with any strides, and also the matrix of all patches of an
 * image (the offset of an element of a patch is the offset of the patch plus that of the
 * element within it), which is therefore never made.
 */

/** Rows of C per tile. */
const MR: i32 = 4;
/** Columns of C per tile. */
const NR: i32 = 8;
/**
 * Products summed before a tile is written: KC·NR values of B stay in the first-level
 * cache.
 */
const KC: i32 = 256;

/** Bytes that `gemm` needs at `packed`. */
export function packedSize(n: i32, k: i32): usize {
  return (<usize>(((n + NR - 1) / NR) * NR * min(k, KC))) << 2;
}

/**
 * c[i·n + j] = Σ A(i, k)·B(k, j), added to what is there if `add`. B(k, j) lies at `b +
 * k·bRow + j·bColumn`; strides are in bytes.
 */
export function gemm(
  a: usize,
  rows: usize,
  columns: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  packed: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  add: bool,
): void {
  for (let done = 0; done < k; done += KC) {
    const kc = min(k - done, KC);
    pack(b + <usize>done * bRow, bRow, bColumn, packed, n, kc);
    for (let i = 0; i < m; i += MR) {
      const last = m - 1;
      const a0 = a + load<u32>(rows + ((<usize>i) << 2));
      const a1 = a + load<u32>(rows + ((<usize>min(i + 1, last)) << 2));
      const a2 = a + load<u32>(rows + ((<usize>min(i + 2, last)) << 2));
      const a3 = a + load<u32>(rows + ((<usize>min(i + 3, last)) << 2));
      let panel = packed;
      for (let j = 0; j < n; j += NR) {
        const to = c + ((<usize>i * n + j) << 2);
        tile(
          a0,
          a1,
          a2,
          a3,
          columns + ((<usize>done) << 2),
          panel,
          kc,
          to,
          (<usize>n) << 2,
          m - i,
          n - j,
          add || done > 0,
        );
        panel += (<usize>(kc * NR)) << 2;
      }
    }
  }
}

/**
 * Puts B into panels of NR columns, each with its rows one after the other, the last
 * panel filled up with zeros.
 */
function pack(b: usize, bRow: usize, bColumn: usize, packed: usize, n: i32, kc: i32): void {
  let to = packed;
  for (let j = 0; j < n; j += NR) {
    const width = min(n - j, NR);
    let from = b + <usize>j * bColumn;
    if (width === NR && bColumn === 4) {
      for (let k = 0; k < kc; k++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += bRow;
        to += NR << 2;
      }
    } else {
      let k = 0;
      if (width === NR && bRow === 4) {
        for (; k + 4 <= kc; k += 4) {
          transpose4x4(from, bColumn, to, NR << 2);
          transpose4x4(from + 4 * bColumn, bColumn, to + 16, NR << 2);
          from += 16;
          to += NR << 4;
        }
      }
      for (; k < kc; k++) {
        for (let w = 0; w < width; w++) store<f32>(to + ((<usize>w) << 2), load<f32>(from + <usize>w * bColumn));
        for (let w = width; w < NR; w++) store<f32>(to + ((<usize>w) << 2), 0);
        from += bRow;
        to += NR << 2;
      }
    }
  }
}

function tile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  columns: usize,
  b: usize,
  kc: i32,
  c: usize,
  cRow: usize,
  m: i32,
  n: i32,
  add: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = columns + ((<usize>kc) << 2);
  while (columns < end) {
    const at = <usize>load<u32>(columns);
    const low = v128.load(b);
    const high = v128.load(b, 16);
    const s0 = v128.load32_splat(a0 + at);
    c00 = addProduct(c00, s0, low);
    c01 = addProduct(c01, s0, high);
    const s1 = v128.load32_splat(a1 + at);
    c10 = addProduct(c10, s1, low);
    c11 = addProduct(c11, s1, high);
    const s2 = v128.load32_splat(a2 + at);
    c20 = addProduct(c20, s2, low);
    c21 = addProduct(c21, s2, high);
    const s3 = v128.load32_splat(a3 + at);
    c30 = addProduct(c30, s3, low);
    c31 = addProduct(c31, s3, high);
    columns += 4;
    b += NR << 2;
  }
  put(c, c00, c01, n, add);
  if (m > 1) put(c + cRow, c10, c11, n, add);
  if (m > 2) put(c + 2 * cRow, c20, c21, n, add);
  if (m > 3) put(c + 3 * cRow, c30, c31, n, add);
}

/**
 * sum + a·b: rounded once where the module is compiled for it and the processor can, else
 * twice.
 */
function addProduct(sum: v128, a: v128, b: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, sum) : f32x4.add(sum, f32x4.mul(a, b));
}

/** Writes the first n of eight values. */
function put(c: usize, low: v128, high: v128, n: i32, add: bool): void {
  if (n >= NR) {
    if (add) {
      low = f32x4.add(low, v128.load(c));
      high = f32x4.add(high, v128.load(c, 16));
    }
    v128.store(c, low);
    v128.store(c, high, 16);
    return;
  }
  if (n >= 4) {
    if (add) low = f32x4.add(low, v128.load(c));
    v128.store(c, low);
    c += 16;
    n -= 4;
    low = high;
  }
  if (n > 0) store<f32>(c, f32x4.extract_lane(low, 0) + (add ? load<f32>(c) : 0));
  if (n > 1) store<f32>(c, f32x4.extract_lane(low, 1) + (add ? load<f32>(c, 4) : 0), 4);
  if (n > 2) store<f32>(c, f32x4.extract_lane(low, 2) + (add ? load<f32>(c, 8) : 0), 8);
}

/** table[(i·n1 + j)·n2 + l] = i·step0 + j·step1 + l·step2. */
export function offsets(table: usize, n0: i32, step0: i32, n1: i32, step1: i32, n2: i32, step2: i32): void {
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let l = 0; l < n2; l++) {
        store<u32>(table, i * step0 + j * step1 + l * step2);
        table += 4;
      }
    }
  }
}
