import type { Constant } from './Value.js';

/** The memory begins with what no address may mean: 0 stands for "none". */
const START = 64;

const PAGE = 65_536;

interface Held {
  address: number;
  bytes: number;
  users: number;
  isState?: boolean;
}

/**
 * The memory of one instance, in blocks that begin at multiples of 16; constants are
 * shared and counted.
 */
export class Memory {
  private readonly free: { address: number; bytes: number }[] = [];
  private end = START;
  private readonly held = new Map<object, Map<string, Held>>();

  constructor(readonly memory: WebAssembly.Memory) {}

  /**
   * The address of so many bytes, a multiple of 16.
   *
   * @throws Error where memory ends.
   */
  allocate(bytes: number): number {
    const at = this.free.findIndex((block) => block.bytes >= bytes);
    if (at >= 0) {
      const block = this.free[at];
      const { address } = block;
      block.address += bytes;
      block.bytes -= bytes;
      if (block.bytes === 0) this.free.splice(at, 1);
      return address;
    }
    const address = this.end;
    const missing = address + bytes - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch {
        throw new Error(`there is not enough memory for the model: ${address + bytes} bytes are needed.`);
      }
    }
    this.end += bytes;
    return address;
  }

  release(address: number, bytes: number): void {
    const { free } = this;
    let at = free.findIndex((block) => block.address > address);
    if (at < 0) at = free.length;
    free.splice(at, 0, { address, bytes });
    // Joined with its neighbors, and with what was never used.
    for (const i of [at, at - 1]) {
      const [one, next] = [free[i], free[i + 1]];
      if (one && next && one.address + one.bytes === next.address) {
        one.bytes += next.bytes;
        free.splice(i + 1, 1);
      }
    }
    const last = free.at(-1);
    if (last && last.address + last.bytes === this.end) {
      this.end = last.address;
      free.pop();
    }
  }

  /** The address of a constant, which is made and copied if this is its first user. */
  hold({ owner, name, make, isState }: Constant): number {
    const named = this.held.get(owner) ?? new Map<string, Held>();
    this.held.set(owner, named);
    let held = named.get(name);
    if (!held) {
      const numbers = make();
      // Kernels read whole vectors.
      const bytes = Math.ceil(numbers.byteLength / 16) * 16 + 16;
      held = { address: this.allocate(bytes), bytes, users: 0, isState };
      new (numbers.constructor as Float32ArrayConstructor)(this.memory.buffer, held.address, numbers.length).set(
        numbers,
      );
      named.set(name, held);
    }
    held.users++;
    return held.address;
  }

  /** Sets the states (Constant.isState) to 0. */
  resetStates(): void {
    for (const named of this.held.values()) {
      for (const { isState, address, bytes } of named.values()) {
        if (isState) new Uint8Array(this.memory.buffer, address, bytes).fill(0);
      }
    }
  }

  drop({ owner, name }: Constant): void {
    const named = this.held.get(owner)!;
    const held = named.get(name)!;
    if (--held.users > 0) return;
    this.release(held.address, held.bytes);
    named.delete(name);
    if (named.size === 0) this.held.delete(owner);
  }
}
