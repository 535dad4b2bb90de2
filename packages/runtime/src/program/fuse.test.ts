import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { all, dense } from './binaries.js';
import { binaryOf } from './binaryOf.js';
import { fuse } from './fuse.js';

const modules = [all, dense].map(binaryOf);

/** How often some bytes follow each other. */
const count = (module: Uint8Array, bytes: number[]): number =>
  module.reduce((sum, _, at) => sum + (bytes.every((byte, i) => module[at + i] === byte) ? 1 : 0), 0);

describe('fuse', () => {
  it('leaves a module as it is where the engine has no such instructions', () => {
    const { validate } = WebAssembly;
    WebAssembly.validate = () => false;
    try {
      for (const module of modules) expect(fuse(module)).toBe(module);
    } finally {
      WebAssembly.validate = validate;
    }
  });

  it('fuses what products consist of', () => {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
    for (const module of modules) {
      const fused = fuse(module);
      expect(fused.length).toBe(module.length);
      const sites = count(fused, [0xfd, 0x85, 0x02]);
      // 28 sums of sparse tiles (7 in the module for dense layers), 24 of dense ones.
      expect(sites).toBeGreaterThanOrEqual(module === modules[0] ? 52 : 31);
      expect(count(fused, [0xfd, 0xe6, 0x01])).toBe(count(module, [0xfd, 0xe6, 0x01]) - sites);
    }
  });
});
