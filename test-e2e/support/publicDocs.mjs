/**
 * What the doc comments of public functions, classes and constants have, read from the
 * sources without compiling them.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { publicPackages } from '../../scripts/packages.mjs';
import { root } from '../../scripts/setup.mjs';

/** Of every entry but `internal`, which is outside of semantic versioning. */
export function documentation() {
  return publicPackages().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([entry, target]) => entry !== './internal' && target['tfjs-compress-source'])
      .flatMap(([, target]) => exportsOf(join(folder, target['tfjs-compress-source']))),
  );
}

const parsed = new Map();
function parse(file) {
  if (!parsed.has(file))
    parsed.set(file, ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return parsed.get(file);
}

/** The source of a module, of this package or an entry of another of ours. */
function sourceOf(module, importer) {
  if (module.startsWith('.')) return join(dirname(importer), module.replace(/\.js$/, '.ts'));
  const { folder, name, manifest } = publicPackages().find((each) => `${module}/`.startsWith(`${each.name}/`));
  return join(folder, manifest.exports[`.${module.slice(name.length)}`]['tfjs-compress-source']);
}

/** What an entry exports, by the file that declares it. */
function exportsOf(file, wanted) {
  const source = parse(file);
  const found = [];
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement)) {
      const from = statement.moduleSpecifier?.text;
      if (!from || statement.isTypeOnly) continue;
      const names = statement.exportClause?.elements
        ?.filter(({ isTypeOnly, name }) => !isTypeOnly && (!wanted || wanted.includes(name.text)))
        .map((e) => (e.propertyName ?? e.name).text);
      found.push(...exportsOf(sourceOf(from, file), names));
    }
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) continue;
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      const { text } = statement.name;
      // Of overloads the first.
      if ((!wanted || wanted.includes(text)) && !found.some((each) => each.name === text))
        found.push(documented(statement, text, source));
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations)
        if (!wanted || wanted.includes(name.text)) found.push(documented(statement, name.text, source, initializer));
    }
  }
  return found;
}

function documented(node, name, source, value) {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => doc.getText())
    .join('\n');
  return {
    name,
    where: `${relative(root, source.fileName)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
    hasDoc: text !== '',
    hasExample: /```|@example/.test(text),
    hasThrows: /@throws|\bthrows\b/i.test(text),
    // Of functions alone: what a class throws is told by its methods.
    throws: ts.isFunctionDeclaration(node) && /\b(throw|check\w*|resolveOptions)\b/.test(node.getText()),
    isCallable: !value || ts.isArrowFunction(value) || ts.isCallExpression(value),
  };
}
