import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, inject, it } from 'vitest';
import { publicPackages } from '../scripts/packages.mjs';
import { root } from '../scripts/setup.mjs';

/**
 * What npm's page of a package and its readers need, in the packages as they are
 * installed; `CI=1 npm run build` asks publint and are-the-types-wrong.
 */
const { esm } = inject('consumers');
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

describe.each(publicPackages())('$name', ({ name, folder }) => {
  const installed = join(esm, 'node_modules', name);
  const manifest = JSON.parse(read(installed, 'package.json'));

  it("says where it comes from, and has the repository's license and a README", () => {
    const { repository, homepage, bugs, license } = JSON.parse(read(root, 'package.json'));
    const directory = relative(root, folder).replaceAll('\\', '/');
    expect(manifest).toMatchObject({
      license,
      bugs,
      repository: { ...repository, directory },
      homepage: homepage.replace('#', `/tree/main/${directory}#`),
      description: expect.stringMatching(/\w$/),
      keywords: expect.arrayContaining(['tfjs']),
    });
    expect(manifest.keywords.length).toBeGreaterThanOrEqual(5);
    expect(read(installed, 'LICENSE')).toBe(read(root, 'LICENSE'));
    expect(existsSync(join(installed, 'README.md'))).toBe(true);
  });

  // Parcel 2 (unless told otherwise) and TypeScript's "node10" do not read "exports".
  it('has a folder for each sub-entry, which points to the same files', () => {
    for (const entry of Object.keys(manifest.exports).filter((each) => /^\.\/[^.]+$/.test(each))) {
      const { import: esm, require: cjs } = manifest.exports[entry];
      expect(JSON.parse(read(installed, entry, 'package.json')), entry).toMatchObject({
        main: `.${cjs.default}`,
        module: `.${esm.default}`,
        types: `.${cjs.types}`,
      });
    }
  });

  it('has declarations without an error, also where skipLibCheck is off', () => {
    const dist = join(installed, 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.d\.c?ts$/.test(file));
    const program = ts.createProgram(
      files.map((file) => join(dist, file)),
      {
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
        types: [],
        strict: true,
        noEmit: true,
      },
    );
    // tfjs's own have errors.
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(dist));
    expect(own.length).toBeGreaterThanOrEqual(files.length);
    const errors = own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]);
    expect(ts.formatDiagnostics(errors, { ...ts.createCompilerHost({}), getCurrentDirectory: () => esm })).toBe('');
  });
});
