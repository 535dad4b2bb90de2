import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileBinaries, textOf } from '../../assembly/build.mjs';
import * as Binary from './Binary.js';
import * as source from './binaries.js';
import { binaryOf } from './binaryOf.js';
import * as Op from './Op.js';
import * as Unary from './Unary.js';

const { characters, ...binaries } = source;
const modules = Object.fromEntries(Object.entries(binaries).map(([name, text]) => [name, binaryOf(text)]));

describe('binaries', () => {
  it('are what the sources in assembly/ compile to (else run `npm run build`)', async () => {
    expect(readFileSync(new URL('binaries.ts', import.meta.url), 'utf8')).toBe(await compileBinaries());
  }, 180_000);

  it('have no data of their own, which would overwrite the program’s, and import memory alone', () => {
    for (const [name, bytes] of Object.entries(modules)) {
      const module = new WebAssembly.Module(bytes);
      expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
      const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
      if (name !== 'decoder') expect(exported).toEqual(['run']);
      const memory = new WebAssembly.Memory({ initial: 1 });
      new WebAssembly.Instance(module, { env: { memory } });
      expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe('binaries as text', () => {
  it('give the bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(binaryOf(textOf(bytes, characters))).toEqual(bytes);
      }),
    );
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(binaryOf(textOf(all, characters))).toEqual(all);
    expect(new Set(characters).size).toBe(88);
    // No character that a quotation, a template, or a bundler would escape, or that
    // begins a tag.
    expect(textOf(all, characters)).toMatch(/^[ !#-&(-;=-[\]^_a-~]+$/);
  });

  it('end no script of a page', () => {
    for (const text of Object.values(binaries)) expect(text).not.toMatch(/<\/script|<!--/i);
  });
});

describe('the numbers of operations', () => {
  const source = readFileSync(new URL('../../assembly/ops.ts', import.meta.url), 'utf8');

  it.each(Object.entries({ Op, Unary, Binary }))('%s are the same in assembly', (name, expected) => {
    const body = source.match(new RegExp(`enum ${name} {([^}]*)}`))![1];
    const found = [...body.matchAll(/(\w+) = (\d+)/g)].map(([, key, value]) => [key, Number(value)]);
    expect(Object.fromEntries(found)).toEqual({ ...expected });
  });
});
