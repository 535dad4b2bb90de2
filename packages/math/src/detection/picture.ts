/** How a detector takes a picture. */
export interface PictureConfig {
  /**
   * What the trunk expects of values 0 … 255: 'tf' scales to [−1, 1], 'caffe' is BGR
   * minus ImageNet's mean, 'none' nothing.
   */
  preprocessing: 'tf' | 'caffe' | 'none';
  /**
   * Pictures are resized so that their shorter side has this many pixels, the longer at
   * most `longSide`.
   */
  shortSide: number;
  longSide: number;
}

/** ImageNet's mean in blue, green, red, as Caffe's models subtract it. */
export const caffeMean = [103.939, 116.779, 123.68];

/**
 * Size to which a picture is resized: shorter side = shortSide unless the longer one
 * would then be above longSide.
 */
export function resizedSize(width: number, height: number, { shortSide, longSide }: PictureConfig) {
  const scale = Math.min(shortSide / Math.min(width, height), longSide / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
