import { addTo } from './vectors';

/**
 * Element by element, or column by column of a matrix of m × n values, in as few passes
 * over memory as can be.
 */

/** out[i] = dy[i] where low ≤ x[i] ≤ high, else 0. */
export function selectBetween(x: usize, dy: usize, out: usize, count: i32, low: f32, high: f32): void {
  const end = out + ((<usize>count) << 2);
  const vectors = out + ((<usize>(count & ~3)) << 2);
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  for (; out < vectors; out += 16, x += 16, dy += 16) {
    const value = v128.load(x);
    v128.store(out, v128.and(v128.load(dy), v128.and(f32x4.ge(value, lows), f32x4.le(value, highs))));
  }
  for (; out < end; out += 4, x += 4, dy += 4) {
    const value = load<f32>(x);
    store<f32>(out, value >= low && value <= high ? load<f32>(dy) : 0);
  }
}

/** out[i] = yes[i] where the boolean mask[i], a byte, is not 0, else no[i]. */
export function selectElements(mask: usize, yes: usize, no: usize, out: usize, count: i32): void {
  const end = out + ((<usize>count) << 2);
  const vectors = out + ((<usize>(count & ~3)) << 2);
  const zero = i32x4.splat(0);
  for (; out < vectors; out += 16, mask += 4, yes += 16, no += 16) {
    const bytes = v128.load32_zero(mask);
    const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
    v128.store(out, v128.bitselect(v128.load(yes), v128.load(no), i32x4.ne(words, zero)));
  }
  for (; out < end; out += 4, mask += 1, yes += 4, no += 4) {
    store<f32>(out, load<u8>(mask) ? load<f32>(yes) : load<f32>(no));
  }
}

/** out[i] = 2·x[i]·dy[i]. */
export function squareGradient(x: usize, dy: usize, out: usize, count: i32): void {
  const end = out + ((<usize>count) << 2);
  const vectors = out + ((<usize>(count & ~3)) << 2);
  for (; out < vectors; out += 16, x += 16, dy += 16) {
    const value = v128.load(x);
    v128.store(out, f32x4.mul(f32x4.add(value, value), v128.load(dy)));
  }
  for (; out < end; out += 4, x += 4, dy += 4) store<f32>(out, 2 * load<f32>(x) * load<f32>(dy));
}

/** out[i, j] = (x[i, j] − means[j])·factors[j] + terms[j]. */
export function normalizeColumns(
  x: usize,
  means: usize,
  factors: usize,
  terms: usize,
  out: usize,
  m: i32,
  n: i32,
): void {
  const vectors = (<usize>(n & ~3)) << 2;
  const bytes = (<usize>n) << 2;
  for (let i = 0; i < m; i++) {
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const scaled = f32x4.mul(f32x4.sub(v128.load(x + at), v128.load(means + at)), v128.load(factors + at));
      v128.store(out + at, f32x4.add(scaled, v128.load(terms + at)));
    }
    for (; at < bytes; at += 4) {
      const scaled = (load<f32>(x + at) - load<f32>(means + at)) * load<f32>(factors + at);
      store<f32>(out + at, scaled + load<f32>(terms + at));
    }
    x += bytes;
    out += bytes;
  }
}

/** Rows that are summed before their sum is added to that of the others. */
const BLOCK: i32 = 128;

/**
 * sums[j] = Σ dy[i, j] and products[j] = Σ dy[i, j]·(x[i, j] − means[j]); `scratch` holds
 * 2·n values.
 */
export function sumCenteredProducts(
  x: usize,
  means: usize,
  dy: usize,
  sums: usize,
  products: usize,
  scratch: usize,
  m: i32,
  n: i32,
): void {
  const bytes = (<usize>n) << 2;
  const vectors = (<usize>(n & ~3)) << 2;
  memory.fill(sums, 0, bytes);
  memory.fill(products, 0, bytes);
  for (let i = 0; i < m; i += BLOCK) {
    const rows = min(m - i, BLOCK);
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      const mean = v128.load(means + at);
      let sum = f32x4.splat(0);
      let product = f32x4.splat(0);
      let offset = at;
      for (let r = 0; r < rows; r++) {
        const gradient = v128.load(dy + offset);
        sum = f32x4.add(sum, gradient);
        product = f32x4.add(product, f32x4.mul(gradient, f32x4.sub(v128.load(x + offset), mean)));
        offset += bytes;
      }
      v128.store(scratch + at, sum);
      v128.store(scratch + bytes + at, product);
    }
    for (; at < bytes; at += 4) {
      const mean = load<f32>(means + at);
      let sum: f32 = 0;
      let product: f32 = 0;
      let offset = at;
      for (let r = 0; r < rows; r++) {
        const gradient = load<f32>(dy + offset);
        sum += gradient;
        product += gradient * (load<f32>(x + offset) - mean);
        offset += bytes;
      }
      store<f32>(scratch + at, sum);
      store<f32>(scratch + bytes + at, product);
    }
    addTo(sums, scratch, n);
    addTo(products, scratch + bytes, n);
    x += <usize>rows * bytes;
    dy += <usize>rows * bytes;
  }
}
