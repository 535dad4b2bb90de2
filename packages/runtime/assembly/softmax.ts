import { exponential, logarithm } from './functions';

/**
 * Softmax or its logarithm along an axis. Where neighbors are adjacent in x and y, four
 * are done at once.
 */
export function softmax(p: usize): void {
  const rank = load<usize>(p, 12);
  const axis = p + 16 + 12 * rank;
  softmaxDimensions(load<i32>(p) !== 0, load<usize>(p, 4), load<usize>(p, 8), p + 16, rank, axis);
}

function softmaxDimensions(log: bool, x: usize, y: usize, sizes: usize, rank: i32, axis: usize): void {
  if (ALL && rank === 0) {
    along(log, x, y, axis, false);
    return;
  }
  const size = load<i32>(sizes);
  const xStride = load<usize>(sizes, 4);
  const yStride = load<usize>(sizes, 8);
  let i = 0;
  if (rank === 1 && xStride === 4 && yStride === 4) {
    for (; i + 4 <= size; i += 4) {
      along(log, x, y, axis, true);
      x += 16;
      y += 16;
    }
  }
  for (; i < size; i++) {
    // In dense layers there is one dimension beside the axis.
    if (ALL) softmaxDimensions(log, x, y, sizes + 12, rank - 1, axis);
    else along(log, x, y, axis, false);
    x += xStride;
    y += yStride;
  }
}

/** One softmax in four copies, or, if `four`, four whose elements are adjacent. */
function along(log: bool, x: usize, y: usize, axis: usize, four: bool): void {
  const size = load<i32>(axis);
  const xStride = load<usize>(axis, 4);
  const yStride = load<usize>(axis, 8);
  let greatest = f32x4.splat(-Infinity);
  let from = x;
  for (let i = 0; i < size; i++) {
    greatest = f32x4.pmax(greatest, read(from, four));
    from += xStride;
  }
  let sum = f32x4.splat(0);
  from = x;
  let to = y;
  for (let i = 0; i < size; i++) {
    const difference = f32x4.sub(read(from, four), greatest);
    const e = exponential(difference, false);
    sum = f32x4.add(sum, e);
    write(to, log ? difference : e, four);
    from += xStride;
    to += yStride;
  }
  const last = log ? logarithm(sum) : sum;
  for (let i = 0; i < size; i++) {
    const value = read(y, four);
    write(y, log ? f32x4.sub(value, last) : f32x4.div(value, last), four);
    y += yStride;
  }
}

function read(at: usize, four: bool): v128 {
  return four ? v128.load(at) : v128.load32_splat(at);
}

function write(at: usize, v: v128, four: bool): void {
  if (four) v128.store(at, v);
  else v128.store32_lane(at, v, 0);
}
