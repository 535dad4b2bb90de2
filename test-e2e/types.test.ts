import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, inject, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { place } from './support/consumers.js';
import { readmeSnippets } from './support/readmes.js';

/**
 * TypeScript in a consumer project, strict. tfjs's own declarations need skipLibCheck, which would hide errors in ours: it is off, and only
 * what tfjs's files are told is left out.
 */
const strict: ts.CompilerOptions = {
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  typeRoots: [join(root, 'node_modules', '@types')],
};

const resolutions: Record<string, ts.CompilerOptions> = {
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  bundler: { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

/** The errors in the files and in our declarations. */
function errorsIn(folder: string, files: string[], options: ts.CompilerOptions): string[] {
  const paths = files.map((file) => join(folder, file));
  const program = ts.createProgram(paths, { ...strict, ...options });
  const isOurs = /\/node_modules\/(@tfjs-compress|tfjs-compress)\//;
  const checked = program.getSourceFiles().filter(({ fileName }) => paths.includes(fileName) || isOurs.test(fileName));
  // Otherwise what is looked at is not what is published.
  expect(checked.length).toBeGreaterThan(paths.length);
  const all = [
    ...program.getOptionsDiagnostics(),
    ...checked.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return all.map(({ file, start = 0, messageText }) => {
    const where = file
      ? `${relative(folder, file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1} `
      : '';
    return where + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
}

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
