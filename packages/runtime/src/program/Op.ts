/**
 * The operations of a program, which one call into WebAssembly runs through: in memory
 * each is its code, the number of 32-bit words that follow, and its parameters in the
 * order given here. Addresses, strides and steps are in bytes, counts and sizes in
 * elements; `lo` and `hi` clamp what is written (-Infinity and Infinity: not at all).
 * assembly/ops.ts has the same numbers (a test compares them). They are constants of a
 * module, and imported as a whole, so that bundlers put the numbers where they are used.
 *
 * Planes: values channel by channel, each channel a plane whose size is a multiple of 16
 * bytes; `vectors` counts its vectors of 4 floats. What the last vector holds beyond the
 * plane is undefined.
 */

/**
 * count, words: runs the `words` words that follow `count` times, t = 0 … count - 1. No
 * loop in a loop.
 */
export const loop = 1;
/**
 * src, dst, srcStep, dstStep, rank ≤ 8, then for each dimension, outermost first: size,
 * srcStride, dstStride. From src + t srcStep to dst + t dstStep, t of the loop around it.
 * Fast where the last dimension's dstStride is 4 and its srcStride is 4 or 8, and where
 * one of the last two dimensions has a srcStride of 4 and the other a dstStride of 4 (a
 * transposition).
 */
export const copy = 2;
/** dst, count, value (float32). */
export const fill = 3;
/**
 * x, y, weights, offsets, counts, bias, add, addStride, rows, vectors, yStride, lo, hi:
 * sparse matrix by planes. Row r has the next counts[r] (u32) of weights (f32) and
 * offsets (u32, bytes from x). y(r) = Σ weight × plane at x + offset + bias[r] + plane at
 * add + r addStride; bias, add: 0 for none.
 */
export const sparseProduct = 4;
/**
 * x, y, panels, offsets, bias, add, addStride, rows, depth, vectors, yStride, lo, hi:
 * dense matrix by planes. panels: [⌈rows/4⌉][depth][4] f32, padded with 0; offsets:
 * u32[depth]. Else as sparseProduct.
 */
export const denseProduct = 5;
/**
 * x, y, weights, indexes, blocks, bias, count, lo, hi: sparse matrix by a vector x, in
 * `count` blocks of eight rows. Block: u16 steps, then u16 of eight rows; each step
 * has a weight (f32) of each row and its u16 index in x. bias: address of
 * float32[rows], 0 for none.
 */
export const sparseVector = 6;
/**
 * x, y, weights [depth][rows], bias, depth, rows (a multiple of 4), lo, hi, isHalf:
 * dense matrix by a vector. Skips x[k] = 0. With isHalf, a weight is the upper 16 bits
 * of a float32; the module for dense layers does not have it.
 */
export const denseVector = 7;
/**
 * kind (0 sum of weighted, 1 max, 2 average of those inside), x, y, weights, bias,
 * scratch, channels, images, multiplier, height, width, xChannel, xImage, xRow,
 * outHeight, outWidth, yChannel, yImage, yRow, kernelHeight, kernelWidth, strideHeight,
 * strideWidth, dilationHeight, dilationWidth, padTop, padLeft, lo, hi: windows on each
 * channel alone: depthwise convolution, weights [channels × multiplier][kernelHeight ×
 * kernelWidth], y channel c × multiplier + m; pooling. Elements of a row are adjacent.
 * Nothing is written outside of y's rows. scratch: see windowScratchBytes().
 */
export const window = 8;
/** kind (Unary), x, y, count, a, b (float32). y may be x. */
export const unary = 9;
/** kind (Binary), x, z, y, count: element by element, all contiguous. y may be x or z. */
export const binary = 10;
/**
 * kind (Binary), x, z, y, rank ≤ 8, then for each dimension: size, xStride, zStride,
 * yStride (0 broadcasts).
 */
export const broadcast = 11;
/**
 * x, y, planes, vectors, xStride, yStride, factors, summands (0: none), lo, hi: y = x
 * factor + summand, one of each a plane.
 */
export const scale = 12;
/**
 * log (1: log softmax), x, y, rank ≤ 7 of the others and for each: size, xStride,
 * yStride; then of the axis: size, xStride, yStride.
 */
export const softmax = 13;
/**
 * x, y, count, width, gamma, beta (0: none), epsilon: layer normalization of contiguous
 * rows.
 */
export const normalize = 14;
/**
 * kind (0 mean, 1 max, 2 sum), x, y, rank of what stays ≤ 5 and for each: size, xStride,
 * yStride; rank of what goes ≤ 4 and for each: size, xStride.
 */
export const reduce = 15;
/**
 * table, x, y, count, width, rows: y[i] = row trunc(x[i]) of table [rows][width]; outside
 * of 0 … rows - 1 (or NaN) the run ends with status 1.
 */
export const gather = 16;
/**
 * x, z, y, batch, m, n, k, xBatch, xRow, xColumn, zBatch, zRow, zColumn, yBatch, yRow,
 * yColumn: y[m, n] = Σ_k x[m, k] z[k, n].
 */
export const matMul = 17;
/**
 * mask, x, z, y, rank, then for each dimension: size, maskStride, xStride, zStride,
 * yStride: y = mask ≠ 0 ? x : z.
 */
export const select = 18;
/**
 * x, y, count, width, value: y[i] = 1 if any of x[i][0 … width) differs from value, else
 * 0; rows contiguous.
 */
export const anyNot = 19;
/**
 * recurrentKind, a, b, activationKind, a, b (Unary with its parameters), z, c, h, count:
 * an LSTM's step. z, which is overwritten, holds the gates input, forget, cell, output
 * one after the other, count each; c = f c + i g, h = o activation(c).
 */
export const lstm = 20;
