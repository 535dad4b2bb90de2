import type { Graph, Layer, Node, Tensor } from '../graph/Graph.js';
import { refuse, refusing } from '../graph/UnsupportedLayerError.js';
import { inOrder, Masks } from '../lower/masks.js';
import { type Activation, elementwise, softmaxOf } from './activations.js';
import type { Matrix } from './Matrix.js';
import * as Op from './Op.js';
import { f, type Operation, type Parameter } from './Operation.js';
import { product } from './product.js';
import * as Unary from './Unary.js';
import {
  type Address,
  type Buffer,
  type Constant,
  isCompact,
  isPlanar,
  isRows,
  type Numbers,
  rowStrides,
  sameShape,
  sameStrides,
  sizeOf,
  spanOf,
  type Value,
  wholeVectors,
} from './Value.js';

/** Adds the operations of a layer to a program. */
export type Lower = (b: Builder, layer: Layer, inputs: Value[], node: Node) => Value | Value[];

/** Lowerings by class name. */
export type Lowerings = Record<string, Lower>;

export type Layout = 'rows' | 'planes';

/** What products do beside multiplying. */
export interface ProductOptions {
  activation?: Activation;
  /**
   * Added to each output, of the output's shape: the input's part of a recurrent layer.
   */
  add?: Value;
}

/** Kernels read and write up to this much behind what they compute. */
const SLACK = 16;

/**
 * Collects the operations of a program for inputs of given shapes; the plan and the
 * encoding come after (Program).
 */
export class Builder {
  readonly operations: Operation[] = [];
  private readonly constants = new WeakMap<object, Map<string, Buffer>>();

  /**
   * @param lowerings How layers are computed, by class name.
   * @param maxBytes No value may take more.
   */
  constructor(
    readonly lowerings: Lowerings,
    readonly maxBytes = 2 ** 30,
  ) {}

  /** The outputs of a graph, which may be a model within. */
  apply(graph: Graph, inputs: Value[]): Value[] {
    const known = new Map<Node, Value[]>(graph.inputs.map(({ node }, i) => [node, [inputs[i]]]));
    const at = ({ node, index }: Tensor, { layer }: Node): Value =>
      known.get(node)?.[index] ?? refuse(layer, `reads an output that '${node.layer.path}' does not have`);
    const masks = new Masks(this);
    for (const node of inOrder(graph)) {
      if (known.has(node)) continue;
      known.set(
        node,
        refusing(node.layer, () => {
          const inputs = node.inputs.map((tensor) => at(tensor, node));
          const outputs = this.lower(node.layer, masks.enter(node, inputs), node);
          masks.leave(node, inputs, outputs[0]);
          return outputs;
        }),
      );
    }
    return graph.outputs.map((tensor) => at(tensor, tensor.node));
  }

  /**
   * The outputs of a layer.
   *
   * @throws UnsupportedLayerError for what cannot be computed.
   */
  lower(layer: Layer, inputs: Value[], node: Node): Value[] {
    const lowering = Object.hasOwn(this.lowerings, layer.className) && this.lowerings[layer.className];
    if (!lowering) return refuse(layer, 'layers of this class are not supported');
    return refusing(layer, () => [lowering(this, layer, inputs, node)].flat());
  }

  /** Memory of its own for a number of bytes. */
  buffer(bytes: number): Buffer {
    if (!(Number.isInteger(bytes) && bytes > 0 && bytes <= this.maxBytes)) {
      throw new Error(`expected a result of 4 to ${this.maxBytes} bytes (maxBytes), received ${bytes}.`);
    }
    return { bytes: wholeVectors(bytes) + SLACK, address: 0 };
  }

  /**
   * A new value: its elements in the order of tfjs, or a plane for each channel. At one
   * pixel both are the same.
   */
  value(shape: number[], layout: Layout = 'rows'): Value {
    for (const size of shape) {
      if (!(Number.isInteger(size) && size > 0)) throw new Error(`a result would have the shape [${shape}].`);
    }
    const pixels = sizeOf(shape.slice(0, -1));
    if (layout === 'rows' || pixels === 1) return this.strided(shape, rowStrides(shape));
    const plane = wholeVectors(4 * pixels);
    return this.strided(shape, [...rowStrides(shape.slice(0, -1)), plane]);
  }

  /** A new value with given strides, whose last plane is whole vectors. */
  strided(shape: number[], strides: number[]): Value {
    return { buffer: this.buffer(spanOf(shape, strides)), offset: 0, shape, strides };
  }

  /**
   * Numbers that are copied into memory once and shared by all programs of a model: the
   * array itself is the key, or an owner and a name.
   */
  constant(numbers: Numbers | Constant): Address {
    const constant = ArrayBuffer.isView(numbers) ? { owner: numbers, name: '', make: () => numbers } : numbers;
    const named = this.constants.get(constant.owner) ?? new Map<string, Buffer>();
    this.constants.set(constant.owner, named);
    const buffer = named.get(constant.name) ?? { bytes: 0, address: 0, constant };
    named.set(constant.name, buffer);
    return { buffer, offset: 0 };
  }

  /** A constant as a value. */
  tensor(values: Float32Array, shape: number[]): Value {
    return { ...this.constant(values), shape, strides: rowStrides(shape) };
  }

  op(code: number, ...parameters: Parameter[]): void {
    this.operations.push({ code, parameters });
  }

  /**
   * Repeats what `body` adds; copies in it may step (copy's srcStep, dstStep). No loop in
   * a loop.
   */
  loop(count: number, body: () => void): void {
    const loop: Operation = { code: Op.loop, parameters: [count], body: 0 };
    this.operations.push(loop);
    const start = this.operations.length;
    body();
    loop.body = this.operations.length - start;
  }

  /** `v` with the elements in the order of tfjs: itself if they are. */
  rows(v: Value): Value {
    return isRows(v) ? { ...v, strides: rowStrides(v.shape) } : this.copied(v, 'rows');
  }

  /** `v` in contiguous planes: itself if it is. */
  planes(v: Value): Value {
    const pixels = v.shape.slice(0, -1);
    const contiguous = sameStrides(pixels, v.strides, rowStrides(pixels));
    return contiguous && this.isPlanes(v) ? v : this.copied(v, 'planes');
  }

  /**
   * `v` in planes that may have gaps between rows and images (isPlanar): itself if it is.
   */
  planar(v: Value): Value {
    return this.isPlanes(v) ? v : this.copied(v, 'planes');
  }

  private isPlanes(v: Value): boolean {
    return sizeOf(v.shape.slice(0, -1)) === 1 ? isRows(v) : isPlanar(v);
  }

  private copied(v: Value, layout: Layout): Value {
    const to = this.value(v.shape, layout);
    this.copy(v, to);
    return to;
  }

  reshape(v: Value, shape: number[]): Value {
    if (sizeOf(shape) !== sizeOf(v.shape)) {
      throw new Error(`a tensor of shape [${v.shape}] cannot have the shape [${shape}].`);
    }
    return this.view(this.rows(v), { shape, strides: rowStrides(shape) });
  }

  /** Another view of the same memory; `offset` counts in bytes from where `v` begins. */
  view(v: Value, { offset = 0, shape = v.shape, strides = v.strides }: Partial<Value>): Value {
    return { buffer: v.buffer, offset: v.offset + offset, shape, strides };
  }

  /**
   * Copies `from` to `to`, of the same shape; in a loop, from srcStep bytes and to
   * dstStep bytes further each time.
   */
  copy(from: Value, to: Value, { srcStep = 0, dstStep = 0 } = {}): void {
    const dimensions = from.shape
      .map((size, i) => [size, from.strides[i], to.strides[i]])
      .filter(([size]) => size > 1)
      .sort((a, b) => Math.abs(b[2]) - Math.abs(a[2]));
    const merged: number[][] = [];
    for (const [size, source, target] of dimensions) {
      const outer = merged.at(-1);
      if (outer?.[1] === size * source && outer[2] === size * target)
        merged.splice(-1, 1, [outer[0] * size, source, target]);
      else merged.push([size, source, target]);
    }
    if (merged.length === 0) merged.push([1, 4, 4]);
    if (merged.length > 8) throw new Error('expected at most 8 dimensions.');
    this.op(Op.copy, from, to, srcStep, dstStep, merged.length, ...merged.flat());
  }

  /** Sets all of a value's memory, gaps included, so `v` must be one of its own. */
  fill(v: Value, value: number): void {
    this.op(Op.fill, v, spanOf(v.shape, v.strides) / 4, f(value));
  }

  /** Element by element; the result has the layout of `v`. With `into` = v, in place. */
  unary(kind: number, v: Value, a = 0, b = 0, into?: Value): Value {
    const from = into ? v : this.compact(v);
    const to = into ?? this.strided(from.shape, from.strides);
    this.op(Op.unary, kind, from, to, spanOf(from.shape, from.strides) / 4, f(a), f(b));
    return to;
  }

  /** Element by element, with broadcasting as in tfjs. */
  binary(kind: number, v: Value, w: Value): Value {
    const rank = Math.max(v.shape.length, w.shape.length);
    if (rank > 8) throw new Error('expected at most 8 dimensions.');
    const ones = (list: number[], one: number): number[] => [...new Array(rank - list.length).fill(one), ...list];
    const [p, q] = [ones(v.shape, 1), ones(w.shape, 1)];
    const shape = p.map((size, i) => {
      if (size !== q[i] && size !== 1 && q[i] !== 1) {
        throw new Error(`the shapes [${v.shape}] and [${w.shape}] do not fit together.`);
      }
      return size === 1 ? q[i] : size;
    });
    const whole = [v, w].find((one) => one.shape.length === rank && sameShape(one.shape, shape) && isCompact(one));
    if (whole && sameShape(v.shape, w.shape) && sameStrides(shape, v.strides, w.strides)) {
      const to = this.strided(shape, whole.strides);
      this.op(Op.binary, kind, v, w, to, spanOf(shape, to.strides) / 4);
      return to;
    }
    const to = whole ? this.strided(shape, whole.strides) : this.value(shape);
    const step = (strides: number[], sizes: number[]): number[] =>
      ones(strides, 0).map((s, i) => (sizes[i] === 1 ? 0 : s));
    const [x, z] = [step(v.strides, p), step(w.strides, q)];
    const dimensions = shape
      .map((size, i) => [size, x[i], z[i], to.strides[i]])
      .filter(([size]) => size > 1)
      .sort((a, b) => b[3] - a[3]);
    if (dimensions.length === 0) dimensions.push([1, 4, 4, 4]);
    this.op(Op.broadcast, kind, v, w, to, dimensions.length, ...dimensions.flat());
    return to;
  }

  /**
   * The activation of `v`, in place if `v` is `fresh`: made by the caller and not used
   * otherwise.
   */
  activate(v: Value, activation: Activation, fresh = false): Value {
    const softmax = softmaxOf(activation);
    if (softmax) return this.softmax(v, softmax.axis, softmax.log);
    const { kind, a, b } = elementwise(activation);
    return kind === Unary.linear ? v : this.unary(kind, v, a, b, fresh ? v : undefined);
  }

  softmax(v: Value, axis: number, log = 0): Value {
    const rank = v.shape.length;
    const along = axis < 0 ? axis + rank : axis;
    if (!(along in v.shape)) throw new Error(`axis: expected one of ${rank} dimensions, received ${axis}.`);
    const from = this.compact(v);
    const to = this.strided(from.shape, from.strides);
    const all = from.shape.map((size, i) => [size, from.strides[i], to.strides[i]]);
    const [ofAxis] = all.splice(along, 1);
    const others = all.filter(([size]) => size > 1);
    this.op(Op.softmax, log, from, to, others.length, ...others.flat(), ...ofAxis);
    return to;
  }

  /**
   * Σ over the last dimension, the channels: [..., matrix.rows] to [..., matrix.columns].
   */
  product(v: Value, matrix: Matrix, bias?: Float32Array, options: ProductOptions = {}): Value {
    return product(this, v, matrix, bias, options);
  }

  private compact(v: Value): Value {
    return isCompact(v) ? v : this.copied(v, 'rows');
  }
}
