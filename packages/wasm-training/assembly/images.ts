import { addTo } from './vectors';

/** Kernels on images of float32 in NHWC. Sizes are in values, addresses in bytes. */

/**
 * Copies images into frames of frameHeight × frameWidth pixels, `top` rows down and
 * `left` pixels in; what does not fit is cut off.
 */
export function frame(
  x: usize,
  out: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  frameHeight: i32,
  frameWidth: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const copied = <usize>max(0, min(width, frameWidth - left)) * pixel;
  const before = <usize>min(left, frameWidth) * pixel;
  const after = <usize>frameWidth * pixel - before - copied;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < frameHeight; y++) {
      const from = y - top;
      if (from < 0 || from >= height) {
        memory.fill(out, 0, <usize>frameWidth * pixel);
      } else {
        memory.fill(out, 0, before);
        memory.copy(out + before, x + <usize>from * width * pixel, copied);
        memory.fill(out + before + copied, 0, after);
      }
      out += <usize>frameWidth * pixel;
    }
    x += <usize>height * width * pixel;
  }
}

/**
 * Adds patches up to the images they were taken from: patches[b, y, x, r, s, c] goes to
 * pixel (y·strideHeight − top + r, x·strideWidth − left + s) of image b, if there is one.
 * Clears the images first.
 */
export function addPatches(
  patches: usize,
  images: usize,
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
  memory.fill(images, 0, <usize>batch * imageBytes);
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const x0 = x * strideWidth - left;
        const from = max(0, -x0);
        const count = min(filterWidth, width - x0) - from;
        for (let r = 0; r < filterHeight; r++) {
          const row = y * strideHeight - top + r;
          if (count > 0 && row >= 0 && row < height) {
            const to = images + <usize>(row * width + x0 + from) * pixel;
            addTo(to, patches + <usize>(r * filterWidth + from) * pixel, count * channels);
          }
        }
        patches += <usize>(filterHeight * filterWidth) * pixel;
      }
    }
    images += imageBytes;
  }
}
