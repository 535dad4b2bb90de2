/**
 * Gradients of depthwise convolutions over images of float32 in NHWC. Sizes are in
 * values, addresses in bytes.
 */

/**
 * Both gradients, as sums over outputs (y, x) and filter positions (r, s) with the pixel
 * p = (y·strideHeight − top + r·dilationHeight, x·strideWidth − left + s·dilationWidth)
 * of the same image, where there is one: for the input, target[p] += dy[y, x]·other[r,
 * s]; for the filter, target[r, s] += other[p]·dy[y, x]. Clears the target first.
 */
export function depthwiseGradient(
  ofFilter: bool,
  other: usize,
  dy: usize,
  target: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  multiplier: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const tap = pixel * multiplier;
  const imageBytes = <usize>height * width * pixel;
  memory.fill(target, 0, ofFilter ? <usize>(filterHeight * filterWidth) * tap : <usize>batch * imageBytes);
  const filter = ofFilter ? target : other;
  let image = ofFilter ? other : target;
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let r = 0; r < filterHeight; r++) {
        const y = oy * strideHeight - top + r * dilationHeight;
        if (y < 0 || y >= height) continue;
        for (let s = 0; s < filterWidth; s++) {
          const weights = filter + <usize>(r * filterWidth + s) * tap;
          const first = s * dilationWidth - left;
          // The outputs whose pixel is one of the row: from number `from` on, `count` of
          // them.
          const from = first < 0 ? (strideWidth - 1 - first) / strideWidth : 0;
          const count = min(outWidth, (width - first + strideWidth - 1) / strideWidth) - from;
          if (count <= 0) continue;
          const pixels = image + <usize>(y * width + from * strideWidth + first) * pixel;
          const gradients = dy + <usize>(oy * outWidth + from) * tap;
          const step = pixel * strideWidth;
          if (multiplier !== 1) addMultiplied(ofFilter, pixels, step, gradients, weights, count, channels, multiplier);
          else if (ofFilter) addRowProducts(weights, pixels, step, gradients, tap, count, channels);
          else addRow(pixels, step, gradients, tap, weights, count, channels);
        }
      }
    }
    image += imageBytes;
    dy += <usize>(outHeight * outWidth) * tap;
  }
}

/**
 * to[c] += Σ a[i, c]·b[i, c] over `count` pixels that are aStep and bStep bytes apart;
 * the sums stay in registers.
 */
function addRowProducts(to: usize, a: usize, aStep: usize, b: usize, bStep: usize, count: i32, channels: i32): void {
  let c = 0;
  for (; c + 16 <= channels; c += 16) {
    const at = (<usize>c) << 2;
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    let x = a + at;
    let y = b + at;
    for (let i = 0; i < count; i++) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(x), v128.load(y)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(x, 16), v128.load(y, 16)));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(x, 32), v128.load(y, 32)));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(x, 48), v128.load(y, 48)));
      x += aStep;
      y += bStep;
    }
    v128.store(to + at, f32x4.add(v128.load(to + at), s0));
    v128.store(to + at, f32x4.add(v128.load(to + at, 16), s1), 16);
    v128.store(to + at, f32x4.add(v128.load(to + at, 32), s2), 32);
    v128.store(to + at, f32x4.add(v128.load(to + at, 48), s3), 48);
  }
  for (; c + 4 <= channels; c += 4) {
    const at = (<usize>c) << 2;
    let sum = f32x4.splat(0);
    let x = a + at;
    let y = b + at;
    for (let i = 0; i < count; i++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(x), v128.load(y)));
      x += aStep;
      y += bStep;
    }
    v128.store(to + at, f32x4.add(v128.load(to + at), sum));
  }
  for (; c < channels; c++) {
    const at = (<usize>c) << 2;
    let sum: f32 = 0;
    let x = a + at;
    let y = b + at;
    for (let i = 0; i < count; i++) {
      sum += load<f32>(x) * load<f32>(y);
      x += aStep;
      y += bStep;
    }
    store<f32>(to + at, load<f32>(to + at) + sum);
  }
}

/**
 * to[i, c] += from[i, c]·factors[c] of `count` pixels that are toStep and fromStep bytes
 * apart.
 */
function addRow(
  to: usize,
  toStep: usize,
  from: usize,
  fromStep: usize,
  factors: usize,
  count: i32,
  channels: i32,
): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const at = (<usize>c) << 2;
    const factor = v128.load(factors + at);
    let x = to + at;
    let y = from + at;
    for (let i = 0; i < count; i++) {
      v128.store(x, f32x4.add(v128.load(x), f32x4.mul(v128.load(y), factor)));
      x += toStep;
      y += fromStep;
    }
  }
  for (; c < channels; c++) {
    const at = (<usize>c) << 2;
    const factor = load<f32>(factors + at);
    let x = to + at;
    let y = from + at;
    for (let i = 0; i < count; i++) {
      store<f32>(x, load<f32>(x) + load<f32>(y) * factor);
      x += toStep;
      y += fromStep;
    }
  }
}

/** Both, where each channel has `multiplier` outputs. */
function addMultiplied(
  ofFilter: bool,
  pixels: usize,
  step: usize,
  dy: usize,
  weights: usize,
  count: i32,
  channels: i32,
  multiplier: i32,
): void {
  for (let i = 0; i < count; i++) {
    let weight = weights;
    for (let c = 0; c < channels; c++) {
      const pixel = pixels + ((<usize>c) << 2);
      const value = load<f32>(pixel);
      let sum: f32 = 0;
      for (let m = 0; m < multiplier; m++) {
        if (ofFilter) store<f32>(weight, load<f32>(weight) + value * load<f32>(dy));
        else sum += load<f32>(dy) * load<f32>(weight);
        dy += 4;
        weight += 4;
      }
      if (!ofFilter) store<f32>(pixel, value + sum);
    }
    pixels += step;
  }
}
