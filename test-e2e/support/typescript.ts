import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect } from 'vitest';
import { root } from '../../scripts/setup.mjs';

/**
 * TypeScript in a consumer project, strict. tfjs's own declarations need skipLibCheck,
 * which would hide errors in ours: it is off, and only what tfjs's files are told is left
 * out.
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

export const resolutions: Record<string, ts.CompilerOptions> = {
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  bundler: { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

/** The errors in the files and in our declarations. */
export function errorsIn(folder: string, files: string[], options: ts.CompilerOptions): string[] {
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
