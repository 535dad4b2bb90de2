import { setFlagsFromString } from 'node:v8';
import { expect } from 'vitest';
import { all, dense } from '../../binaries.js';
import { binaryOf } from '../../binaryOf.js';
import { fuse } from '../../fuse.js';

// Node 20 has the fused instructions, but asks for a flag.
setFlagsFromString('--experimental-wasm-relaxed-simd');

const modules = {
  all: new WebAssembly.Module(binaryOf(all)),
  dense: new WebAssembly.Module(binaryOf(dense)),
  fused: new WebAssembly.Module(fuse(binaryOf(all))),
};
export type Build = keyof typeof modules;

/** What lies between buffers, and in outputs before a run. */
const UNTOUCHED = 0xa5;
const GAP = 64;

/** A float32 among a program's words. */
export interface Float {
  float: number;
}
export const f = (float: number): Float => ({ float });

/**
 * A memory with buffers for one run of kernels. The first buffer ends where memory ends,
 * so reading behind it traps; a run may change nothing outside of the outputs.
 */
export class Kernels {
  private readonly memory: WebAssembly.Memory;
  private readonly run: (program: number) => number;
  private readonly outputs: { address: number; bytes: number }[] = [];
  private top: number;

  constructor(pages = 2, build: Build = 'all') {
    this.memory = new WebAssembly.Memory({ initial: pages });
    this.run = new WebAssembly.Instance(modules[build], { env: { memory: this.memory } }).exports
      .run as typeof this.run;
    this.bytes.fill(UNTOUCHED);
    this.top = pages * 65_536;
  }

  private get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  private place(bytes: number): number {
    const address = (this.top - bytes) & ~3;
    this.top = address - GAP;
    if (this.top < 0) throw new Error('The memory of the test is too small.');
    return address;
  }

  /** Copies an input into memory; its address. */
  input(numbers: Float32Array | Uint32Array | Uint16Array | number[]): number {
    const array = Array.isArray(numbers) ? Float32Array.from(numbers) : numbers;
    const address = this.place(array.byteLength);
    this.bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), address);
    return address;
  }

  /** Memory that a run may write, or changes in place: its address. */
  output(count: number | number[]): number {
    if (typeof count !== 'number') {
      const address = this.input(count);
      this.outputs.push({ address, bytes: 4 * count.length });
      return address;
    }
    const address = this.place(4 * count);
    this.outputs.push({ address, bytes: 4 * count });
    return address;
  }

  read(address: number, count: number): number[] {
    return [...new Float32Array(this.memory.buffer.slice(address, address + 4 * count))];
  }

  /**
   * Runs operations, each a code and its parameters; checks that nothing but the outputs
   * changed.
   */
  perform(...operations: [code: number, ...parameters: (number | Float)[]][]): number {
    const words = [...operations.flatMap(([code, ...parameters]) => [code, parameters.length, ...parameters]), 0];
    const program = new DataView(new ArrayBuffer(4 * words.length));
    words.forEach((word, i) => {
      if (typeof word === 'number') program.setInt32(4 * i, word, true);
      else program.setFloat32(4 * i, word.float, true);
    });
    const address = this.input(new Uint32Array(program.buffer));
    const before = this.bytes.slice();
    const status = this.run(address);
    const after = this.bytes;
    for (const { address, bytes } of this.outputs) {
      before.set(after.subarray(address, address + bytes), address);
    }
    if (Buffer.compare(before, after) !== 0) {
      const first = before.findIndex((byte, i) => byte !== after[i]);
      expect.fail(`Byte ${first} lies in no output and was changed. Outputs: ${JSON.stringify(this.outputs)}`);
    }
    return status;
  }
}

/** Deterministic numbers of both signs, some of them 0. */
export function numbers(count: number, seed = 1, zeros = 0.2): number[] {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, () => (next() < zeros ? 0 : Math.fround(4 * next() - 2)));
}

/**
 * Whether two lists agree to float32 rounding of sums of numbers that are about as large
 * as `size`.
 */
export function expectClose(actual: number[], expected: number[], size = 1): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    if (Object.is(value, expected[i]) || value === expected[i]) return;
    const tolerance = 2e-6 * Math.max(size, Math.abs(expected[i]));
    if (!(Math.abs(value - expected[i]) <= tolerance)) expect.fail(`[${i}] is ${value}, not ${expected[i]}`);
  });
}
