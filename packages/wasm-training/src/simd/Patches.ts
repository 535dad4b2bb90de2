import { type ConvGeometry, patchSize } from './ConvGeometry.js';
import type { Workspace } from './Workspace.js';

/**
 * Rows of a product with which the packing of its right-hand side hardly costs anything,
 * at little memory for the images.
 */
const ROWS = 512;

/**
 * The patches of a batch of images that a convolution multiplies with its filter, for
 * `gemm`: never made, only where their values lie. The value of output pixel p and patch
 * element e is at base(…) + pixels[p] + elements[e]. Images whose patches reach over the
 * edge are first put into frames of zeros, `group` images at a time, so that the frames
 * stay in the cache.
 */
export class Patches {
  /** Images for which the table `pixels` is. */
  readonly group: number;
  /** Addresses of the tables of byte offsets. */
  readonly pixels: number;
  readonly elements: number;
  private readonly frameHeight: number;
  private readonly frameWidth: number;
  /** The address of the frames; 0 if none are needed. */
  private readonly frames: number;
  /** Bytes from the first value of a patch to its element number 0. */
  private readonly toFirst: number;

  /**
   * With `turned`, the elements are numbered from the last position of the filter to the
   * first (their channels in order).
   */
  constructor(
    private readonly workspace: Workspace,
    private readonly conv: ConvGeometry,
    turned = false,
  ) {
    const { simd } = workspace;
    const { batch, outHeight, outWidth, inChannels, filterHeight, filterWidth } = conv;
    this.group = Math.min(batch, Math.max(1, Math.ceil(ROWS / (outHeight * outWidth))));
    const neededHeight = (outHeight - 1) * conv.strideHeight + (filterHeight - 1) * conv.dilationHeight + 1;
    const neededWidth = (outWidth - 1) * conv.strideWidth + (filterWidth - 1) * conv.dilationWidth + 1;
    const inside = conv.top === 0 && conv.left === 0 && neededHeight <= conv.inHeight && neededWidth <= conv.inWidth;
    this.frameHeight = inside ? conv.inHeight : neededHeight;
    this.frameWidth = inside ? conv.inWidth : neededWidth;
    const pixel = 4 * inChannels;
    const row = this.frameWidth * pixel;
    const image = this.frameHeight * row;
    this.frames = inside ? 0 : workspace.scratch(this.group * image);
    this.pixels = workspace.scratch(4 * this.group * outHeight * outWidth);
    simd.offsets(
      this.pixels,
      this.group,
      image,
      outHeight,
      conv.strideHeight * row,
      outWidth,
      conv.strideWidth * pixel,
    );
    this.elements = workspace.scratch(4 * patchSize(conv));
    const [down, right] = [conv.dilationHeight * row, conv.dilationWidth * pixel];
    const sign = turned ? -1 : 1;
    simd.offsets(this.elements, filterHeight, sign * down, filterWidth, sign * right, inChannels, 4);
    this.toFirst = turned ? (filterHeight - 1) * down + (filterWidth - 1) * right : 0;
  }

  /**
   * The base address for `count` (≤ group) images from number `first` on, of a batch that
   * begins at address `x`.
   */
  base(x: number, first: number, count: number): number {
    const { inHeight, inWidth, inChannels, top, left } = this.conv;
    const images = x + first * inHeight * inWidth * inChannels * 4;
    if (this.frames === 0) return images + this.toFirst;
    const { frameHeight, frameWidth, frames } = this;
    this.workspace.simd.frame(images, frames, count, inHeight, inWidth, inChannels, top, left, frameHeight, frameWidth);
    return frames + this.toFirst;
  }
}
