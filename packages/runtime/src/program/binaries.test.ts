import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compileModules } from '../../assembly/build.mjs';
import * as binaries from './binaries.js';
import { Binary, Op, Unary } from './ops.js';

const modules = Object.fromEntries(
  Object.entries(binaries).map(([name, text]) => [name, inflateSync(Buffer.from(text, 'base64'))]),
);

describe('binaries', () => {
  it('are what the sources in assembly/ compile to (else run `npm run build`)', async () => {
    const compiled = await compileModules();
    expect(Object.keys(modules).sort()).toEqual(Object.keys(compiled).sort());
    for (const [name, module] of Object.entries(compiled)) expect(module.equals(modules[name]), name).toBe(true);
  }, 180_000);

  it('have no data of their own, which would overwrite the program’s, and import memory alone', () => {
    for (const bytes of Object.values(modules)) {
      const module = new WebAssembly.Module(bytes);
      expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
      expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(['run']);
      const memory = new WebAssembly.Memory({ initial: 1 });
      new WebAssembly.Instance(module, { env: { memory } });
      expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe('the numbers of operations', () => {
  const source = readFileSync(new URL('../../assembly/ops.ts', import.meta.url), 'utf8');

  it.each(Object.entries({ Op, Unary, Binary }))('%s are the same in assembly', (name, expected) => {
    const body = source.match(new RegExp(`enum ${name} {([^}]*)}`))![1];
    const found = [...body.matchAll(/(\w+) = (\d+)/g)].map(([, key, value]) => [key, Number(value)]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
