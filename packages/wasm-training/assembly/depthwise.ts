import { addProducts } from './vectors';

/** Gradients of depthwise convolutions over images of float32 in NHWC. Sizes are in values, addresses in bytes. */

/**
 * Both gradients, as sums over outputs (y, x) and filter positions (r, s) with the pixel p = (y·strideHeight − top + r·dilationHeight,
 * x·strideWidth − left + s·dilationWidth) of the same image, where there is one: for the input, target[p] += dy[y, x]·other[r, s];
 * for the filter, target[r, s] += other[p]·dy[y, x]. Clears the target first.
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
          for (let ox = 0; ox < outWidth; ox++) {
            const x = ox * strideWidth + first;
            if (x < 0 || x >= width) continue;
            const at = image + <usize>(y * width + x) * pixel;
            const gradient = dy + <usize>(oy * outWidth + ox) * tap;
            if (multiplier === 1) {
              if (ofFilter) addProducts(weights, at, gradient, channels);
              else addProducts(at, gradient, weights, channels);
            } else {
              addMultiplied(ofFilter, at, gradient, weights, channels, multiplier);
            }
          }
        }
      }
    }
    image += imageBytes;
    dy += <usize>(outHeight * outWidth) * tap;
  }
}

function addMultiplied(ofFilter: bool, pixel: usize, dy: usize, weights: usize, channels: i32, multiplier: i32): void {
  for (let c = 0; c < channels; c++) {
    const value = load<f32>(pixel);
    let sum: f32 = 0;
    for (let m = 0; m < multiplier; m++) {
      if (ofFilter) store<f32>(weights, load<f32>(weights) + value * load<f32>(dy));
      else sum += load<f32>(dy) * load<f32>(weights);
      dy += 4;
      weights += 4;
    }
    if (!ofFilter) store<f32>(pixel, value + sum);
    pixel += 4;
  }
}
