import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, inject, it } from 'vitest';

const { esm, tarballs } = inject('consumers');

/** Every public entry point as a consumer writes it, and its declaration file. */
function entryPoints(): [string, string][] {
  return Object.keys(tarballs)
    .sort()
    .flatMap((name) => {
      const folder = join(esm, 'node_modules', name);
      const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return Object.entries<{ import?: { types: string } }>(exports)
        .filter(([, conditions]) => conditions.import)
        .map(([path, conditions]): [string, string] => [join(name, path), join(folder, conditions.import!.types)]);
    });
}

/** The names that a declaration file exports, each with what it is. */
function exportsOf(file: string, program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!);
  const symbols = module ? checker.getExportsOfModule(module) : [];
  return symbols
    .map((symbol) => {
      const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return `  ${symbol.name}: ${kindOf(flags)}`;
    })
    .sort();
}

function kindOf(flags: ts.SymbolFlags): string {
  if (flags & ts.SymbolFlags.Class) return 'class';
  if (flags & ts.SymbolFlags.Function) return 'function';
  if (flags & ts.SymbolFlags.Value) return 'const';
  return 'type';
}

it('exports what exports.txt lists; to change it: npm run exports, and review the difference', async () => {
  const entries = entryPoints();
  for (const [, file] of entries) expect(existsSync(file), file).toBe(true);
  const program = ts.createProgram(
    entries.map(([, file]) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      skipLibCheck: true,
      types: [],
    },
  );
  const lists = entries.map(([name, file]) => [name, ...exportsOf(file, program), ''].join('\n'));
  await expect(lists.join('\n')).toMatchFileSnapshot('exports.txt');
});
