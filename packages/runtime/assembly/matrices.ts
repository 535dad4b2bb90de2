import { copyRow } from './copy';
import { addProduct } from './vectors';

/**
 * Rows of a table by numbers that are rounded towards 0; 1 if there is none of a number,
 * else 0.
 */
export function gather(p: usize): i32 {
  const table = load<usize>(p);
  let x = load<usize>(p, 4);
  let y = load<usize>(p, 8);
  const count = load<i32>(p, 12);
  const width = load<i32>(p, 16);
  const rows = <f32>load<i32>(p, 20);
  const bytes = (<usize>width) << 2;
  for (let i = 0; i < count; i++) {
    const index = load<f32>(x);
    if (!(index > -1 && index < rows)) return 1;
    copyRow(table + <usize>(<i32>index) * bytes, 4, y, 4, width);
    x += 4;
    y += bytes;
  }
  return 0;
}

/** Products of matrices with any strides. */
export function matMul(p: usize): void {
  const x = load<usize>(p);
  const z = load<usize>(p, 4);
  const y = load<usize>(p, 8);
  const batch = load<usize>(p, 12);
  const m = load<usize>(p, 16);
  const n = load<usize>(p, 20);
  const zColumn = load<usize>(p, 48);
  const yColumn = load<usize>(p, 60);
  for (let b: usize = 0; b < batch; b++) {
    for (let row: usize = 0; row < m; row++) {
      const xRow = x + b * load<usize>(p, 28) + row * load<usize>(p, 32);
      let zBatch = z + b * load<usize>(p, 40);
      let yRow = y + b * load<usize>(p, 52) + row * load<usize>(p, 56);
      let column: usize = 0;
      if (zColumn === 4 && yColumn === 4) {
        for (; column + 4 <= n; column += 4) {
          v128.store(yRow, dot(p, xRow, zBatch, true));
          zBatch += 16;
          yRow += 16;
        }
      }
      for (; column < n; column++) {
        v128.store32_lane(yRow, dot(p, xRow, zBatch, false), 0);
        zBatch += zColumn;
        yRow += yColumn;
      }
    }
  }
}

/** A row times a column in four copies, or, if `four`, times four adjacent columns. */
function dot(p: usize, x: usize, z: usize, four: bool): v128 {
  const xColumn = load<usize>(p, 36);
  const zRow = load<usize>(p, 44);
  let sum = f32x4.splat(0);
  for (let k = load<i32>(p, 24); k > 0; k--) {
    sum = addProduct(sum, v128.load32_splat(x), four ? v128.load(z) : v128.load32_splat(z));
    x += xColumn;
    z += zRow;
  }
  return sum;
}

/** Elements of x where the mask is not 0, else of z. */
export function select(p: usize): void {
  selectDimensions(load<usize>(p), load<usize>(p, 4), load<usize>(p, 8), load<usize>(p, 12), p + 20, load<i32>(p, 16));
}

function selectDimensions(mask: usize, x: usize, z: usize, y: usize, sizes: usize, rank: i32): void {
  if (rank === 0) {
    store<f32>(y, load<f32>(load<f32>(mask) !== 0 ? x : z));
    return;
  }
  const size = load<i32>(sizes);
  for (let i = 0; i < size; i++) {
    selectDimensions(mask, x, z, y, sizes + 20, rank - 1);
    mask += load<usize>(sizes, 4);
    x += load<usize>(sizes, 8);
    z += load<usize>(sizes, 12);
    y += load<usize>(sizes, 16);
  }
}

/** For each row, whether any of it differs from a number. */
export function anyNot(p: usize): void {
  let x = load<usize>(p);
  let y = load<usize>(p, 4);
  const count = load<i32>(p, 8);
  const width = load<i32>(p, 12);
  const value = load<f32>(p, 16);
  for (let i = 0; i < count; i++) {
    let any: f32 = 0;
    for (let j = 0; j < width; j++) {
      if (load<f32>(x) !== value) any = 1;
      x += 4;
    }
    store<f32>(y, any);
    y += 4;
  }
}
