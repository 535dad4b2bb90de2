import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { place } from './support/consumers.js';
import { readmeSnippets } from './support/readmes.js';
import { errorsIn, resolutions } from './support/typescript.js';

describe.each(Object.entries(resolutions))('TypeScript, strict, moduleResolution %s', (_, options) => {
  it.each(['esm', 'cjs'] as const)('finds nothing wrong with what people write, in an %s project', (kind) => {
    const folder = place('types', inject('consumers')[kind]);
    const files = ['usage.ts', 'usage.mts', 'usage.cts'];
    for (const file of files.slice(1)) copyFileSync(join(folder, 'usage.ts'), join(folder, file));
    expect(errorsIn(folder, files, options)).toEqual([]);
  });

  it("finds nothing wrong with the README files' programs", () => {
    const folder = join(inject('consumers').esm, 'readme-types');
    mkdirSync(folder, { recursive: true });
    const files = readmeSnippets().map(({ name, line, code }) => {
      const file = `${name.replace(/\W+/g, '-')}-${line}.mts`;
      writeFileSync(join(folder, file), code);
      return file;
    });
    // They are JavaScript: parameters of functions have no types.
    expect(errorsIn(folder, files, { ...options, noImplicitAny: false })).toEqual([]);
  });
});
