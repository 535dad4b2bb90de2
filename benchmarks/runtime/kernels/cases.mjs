import { f, Machine, Matrix, Op, windowScratchBytes } from './machine.mjs';

let state = 1;
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
const numbers = (count, zeros = 0) =>
  Float32Array.from({ length: count }, () => (random() < zeros ? 0 : random() - 0.5));

/**
 * Products of a sparse or dense matrix with planes of size × size; `products` are
 * multiplications with an addition.
 */
export function planesProduct({ size, inputs, outputs, zeros }) {
  const machine = new Machine();
  const vectors = Math.ceil((size * size) / 4);
  const plane = 16 * vectors;
  const x = machine.put(numbers((inputs * plane) / 4));
  const y = machine.place(outputs * plane);
  const bias = machine.put(numbers(outputs));
  const limits = [f(0), f(6)];
  if (zeros === 0) {
    const panels = machine.put(numbers(Math.ceil(outputs / 4) * 4 * inputs));
    const offsets = machine.put(Uint32Array.from({ length: inputs }, (_, k) => k * plane));
    const words = [x, y, panels, offsets, bias, 0, 0, outputs, inputs, vectors, plane, ...limits];
    return { run: machine.prepare([Op.denseProduct, ...words]), products: inputs * outputs * vectors * 4 };
  }
  const weights = numbers(outputs * inputs, zeros);
  const kept = [...weights.keys()].filter((i) => weights[i] !== 0);
  const counts = new Uint32Array(outputs);
  for (const i of kept) counts[Math.floor(i / inputs)]++;
  const lists = [
    machine.put(Float32Array.from(kept, (i) => weights[i])),
    machine.put(Uint32Array.from(kept, (i) => (i % inputs) * plane)),
    machine.put(counts),
  ];
  const words = [x, y, ...lists, bias, 0, 0, outputs, vectors, plane, ...limits];
  return { run: machine.prepare([Op.sparseProduct, ...words]), products: kept.length * vectors * 4 };
}

/** Products with a vector, a part of which is 0. */
export function vectorProduct({ inputs, outputs, zeros, skipped }) {
  const machine = new Machine();
  const values = numbers(inputs, skipped);
  const x = machine.put(values);
  const y = machine.place(4 * outputs);
  const bias = machine.put(numbers(outputs));
  const used = [...values.keys()].filter((k) => values[k] !== 0);
  const limits = [f(0), f(Infinity)];
  if (zeros === 0) {
    const words = [x, y, machine.put(numbers(inputs * outputs)), bias, inputs, outputs, ...limits, 0];
    return { run: machine.prepare([Op.denseVector, ...words]), products: used.length * outputs };
  }
  const matrix = new Matrix(numbers(inputs * outputs, zeros), inputs, outputs);
  const { weights, indexes, blocks, count } = matrix.blocks();
  const lists = [weights, indexes, blocks].map((list) => machine.put(list.make()));
  const words = [x, y, ...lists, bias, count, ...limits];
  return { run: machine.prepare([Op.sparseVector, ...words]), products: matrix.count };
}

/** Windows of kernel × kernel on planes of size × size, at every stride-th pixel. */
export function window({ kind, size, channels, kernel, stride, padding }) {
  const machine = new Machine();
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const axis = { out, kernel, stride, dilation: 1 };
  const [xPlane, yPlane] = [size, out].map((side) => 16 * Math.ceil((side * side) / 4));
  const x = machine.put(numbers((channels * xPlane) / 4));
  const y = machine.place(channels * yPlane);
  const weights = machine.put(numbers(channels * kernel * kernel));
  const run = machine.prepare([
    Op.window,
    ...[['sum', 'max', 'average'].indexOf(kind), x, y, kind === 'sum' ? weights : 0, 0],
    ...[machine.place(windowScratchBytes(axis, axis)), channels, 1, 1, size, size, xPlane, 4 * size * size, 4 * size],
    ...[out, out, yPlane, 4 * out * out, 4 * out, kernel, kernel, stride, stride, 1, 1, padding, padding],
    ...[f(-Infinity), f(Infinity)],
  ]);
  return { run, products: channels * out * out * kernel * kernel };
}

/** Copies of [rows, columns] by strides in numbers; `moved` is how many numbers. */
export function copy({ sizes, from, to }) {
  const machine = new Machine();
  const span = (strides) => 1 + sizes.reduce((sum, size, d) => sum + (size - 1) * strides[d], 0);
  const words = [machine.put(numbers(span(from))), machine.place(4 * span(to)), 0, 0, sizes.length];
  const dimensions = sizes.flatMap((size, d) => [size, 4 * from[d], 4 * to[d]]);
  const moved = sizes.reduce((product, size) => product * size, 1);
  return { run: machine.prepare([Op.copy, ...words, ...dimensions]), moved };
}

/** A function of every element. */
export function unary({ kind, count }) {
  const machine = new Machine();
  const [x, y] = [machine.put(numbers(count)), machine.place(4 * count)];
  return { run: machine.prepare([Op.unary, kind, x, y, count, f(0), f(6)]), moved: count };
}
