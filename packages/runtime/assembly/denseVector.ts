import { Four, Two } from './count';
import { addProduct, clamp } from './vectors';

/**
 * Dense matrix by a vector: columns whose number is not 0 are added to y, four at a time.
 * Weights may be the upper halves of float32: large matrices wait for memory.
 */
export function denseVector(p: usize): void {
  if (ALL && load<i32>(p, 32)) multiply<Two>(p);
  else multiply<Four>(p);
}

/** With weights of Size bytes. */
function multiply<Size>(p: usize): void {
  const x = load<usize>(p);
  const y = load<usize>(p, 4);
  let column = load<usize>(p, 8);
  const depth = load<i32>(p, 16);
  const rows = load<i32>(p, 20);
  startFrom(load<usize>(p, 12), y, rows);
  const bytes = <usize>rows * offsetof<Size>();
  const end = x + ((<usize>depth) << 2);
  let found = 0;
  let w0 = column;
  let w1 = column;
  let w2 = column;
  let w3 = column;
  let x0: f32 = 0;
  let x1: f32 = 0;
  let x2: f32 = 0;
  let x3: f32 = 0;
  for (let at = x; at < end; at += 4, column += bytes) {
    const value = load<f32>(at);
    if (value === 0) continue;
    w0 = w1;
    w1 = w2;
    w2 = w3;
    w3 = column;
    x0 = x1;
    x1 = x2;
    x2 = x3;
    x3 = value;
    if (++found === 4) {
      addColumns<Size>(y, bytes, w0, x0, w1, x1, w2, x2, w3, x3);
      found = 0;
    }
  }
  if (found > 0) {
    // What is left of the four before was added already.
    if (found < 3) x1 = 0;
    if (found < 2) x2 = 0;
    addColumns<Size>(y, bytes, w0, 0, w1, x1, w2, x2, w3, x3);
  }
  clampAll(y, rows, load<f32>(p, 24), load<f32>(p, 28));
}

/** y += the sum of four columns times a number each. */
function addColumns<Size>(
  y: usize,
  bytes: usize,
  w0: usize,
  x0: f32,
  w1: usize,
  x1: f32,
  w2: usize,
  x2: f32,
  w3: usize,
  x3: f32,
): void {
  const s0 = f32x4.splat(x0);
  const s1 = f32x4.splat(x1);
  const s2 = f32x4.splat(x2);
  const s3 = f32x4.splat(x3);
  for (let i: usize = 0; i < bytes; i += 4 * offsetof<Size>()) {
    const low = addProduct(f32x4.mul(s0, four<Size>(w0 + i)), s1, four<Size>(w1 + i));
    const high = addProduct(f32x4.mul(s2, four<Size>(w2 + i)), s3, four<Size>(w3 + i));
    v128.store(y, f32x4.add(v128.load(y), f32x4.add(low, high)));
    y += 16;
  }
}

function four<Size>(weights: usize): v128 {
  return offsetof<Size>() === 4 ? v128.load(weights) : i32x4.shl(v128.load_ext<u16>(weights), 16);
}

/** y = bias, or 0 where there is none. */
function startFrom(bias: usize, y: usize, rows: i32): void {
  const bytes = (<usize>rows) << 2;
  if (bias) memory.copy(y, bias, bytes);
  else memory.fill(y, 0, bytes);
}

/** y within lo … hi. */
function clampAll(y: usize, rows: i32, lo: f32, hi: f32): void {
  const end = y + ((<usize>rows) << 2);
  const vectors = end - 12;
  for (; y < vectors; y += 16) v128.store(y, clamp(v128.load(y), f32x4.splat(lo), f32x4.splat(hi)));
  for (; y < end; y += 4) {
    v128.store32_lane(y, clamp(v128.load32_splat(y), f32x4.splat(lo), f32x4.splat(hi)), 0);
  }
}
