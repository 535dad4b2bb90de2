/**
 * Gradients of pooling over images of float32 in NHWC. Sizes are in values, addresses in
 * bytes.
 */

/**
 * dx of max pooling: dy goes to the first of the greatest values of its window, and
 * nowhere if none is greater than −∞.
 */
export function maxPoolGradient(
  x: usize,
  dy: usize,
  dx: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const imageBytes = <usize>height * width * pixel;
  memory.fill(dx, 0, <usize>batch * imageBytes);
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * strideHeight - top;
      const yFrom = max(0, y0);
      const yTo = min(height, y0 + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = ox * strideWidth - left;
        const xFrom = max(0, x0);
        const xTo = min(width, x0 + filterWidth);
        let c: i32 = 0;
        for (; c + 4 <= channels; c += 4) {
          const at = (<usize>c) << 2;
          let greatest = f32x4.splat(-Infinity);
          let place = i32x4.splat(-1);
          for (let y = yFrom; y < yTo; y++) {
            for (let xx = xFrom; xx < xTo; xx++) {
              const value = v128.load(x + <usize>(y * width + xx) * pixel + at);
              const greater = f32x4.gt(value, greatest);
              greatest = v128.bitselect(value, greatest, greater);
              place = v128.bitselect(i32x4.splat(y * width + xx), place, greater);
            }
          }
          const gradient = v128.load(dy + at);
          for (let y = yFrom; y < yTo; y++) {
            for (let xx = xFrom; xx < xTo; xx++) {
              const to = dx + <usize>(y * width + xx) * pixel + at;
              const share = v128.and(gradient, i32x4.eq(place, i32x4.splat(y * width + xx)));
              v128.store(to, f32x4.add(v128.load(to), share));
            }
          }
        }
        for (; c < channels; c++) {
          const at = (<usize>c) << 2;
          let greatest: f32 = -Infinity;
          let place = -1;
          for (let y = yFrom; y < yTo; y++) {
            for (let xx = xFrom; xx < xTo; xx++) {
              const value = load<f32>(x + <usize>(y * width + xx) * pixel + at);
              if (value > greatest) {
                greatest = value;
                place = y * width + xx;
              }
            }
          }
          if (place >= 0) {
            const to = dx + <usize>place * pixel + at;
            store<f32>(to, load<f32>(to) + load<f32>(dy + at));
          }
        }
        dy += pixel;
      }
    }
    x += imageBytes;
    dx += imageBytes;
  }
}

/**
 * dx of average pooling: every pixel of a window gets dy / (filterHeight·filterWidth).
 */
export function avgPoolGradient(
  dy: usize,
  dx: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const imageBytes = <usize>height * width * pixel;
  const share = <f32>1 / <f32>(filterHeight * filterWidth);
  memory.fill(dx, 0, <usize>batch * imageBytes);
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * strideHeight - top;
      const yTo = min(height, y0 + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = ox * strideWidth - left;
        const xTo = min(width, x0 + filterWidth);
        for (let y = max(0, y0); y < yTo; y++) {
          for (let x = max(0, x0); x < xTo; x++) addScaled(dx + <usize>(y * width + x) * pixel, dy, share, channels);
        }
        dy += pixel;
      }
    }
    dx += imageBytes;
  }
}

/** to[i] += from[i]·factor. */
function addScaled(to: usize, from: usize, factor: f32, count: i32): void {
  const end = to + ((<usize>count) << 2);
  const vectors = to + ((<usize>(count & ~3)) << 2);
  const factors = f32x4.splat(factor);
  for (; to < vectors; to += 16, from += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), factors)));
  }
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from) * factor);
}
