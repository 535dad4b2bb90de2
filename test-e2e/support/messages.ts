import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { publicPackages } from '../../scripts/packages.mjs';
import { root } from '../../scripts/setup.mjs';

export interface Message {
  /** The source's path in the repository, and the line. */
  place: string;
  /** What it says, with … for what is only known when it is thrown. */
  text: string;
}

/**
 * Functions that return a message for the error they stand in, by name: see collectWords.
 */
const words = new Map<string, string[]>();

/** Functions of the packages that throw or warn; their last argument is the message. */
const speakers = ['fail', 'warn', 'refuse'];

/** Every message that the sources of the public packages throw or warn with. */
export function messagesOfPackages(): Message[] {
  const sources = publicPackages().flatMap(({ folder }) =>
    readdirSync(join(folder, 'src'), { recursive: true })
      .map((path) => join(folder, 'src', String(path)))
      .filter((path) => path.endsWith('.ts') && !/\.(test|test-d|testing|d)\.ts$|[\\/]testing[\\/]/.test(path))
      .map((path) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)),
  );
  sources.forEach(collectWords);
  return sources.flatMap(messagesOfFile);
}

/**
 * Remembers functions that do nothing but return a text:
 * `throw new Error(secondCopy('…'))`.
 */
function collectWords(source: ts.SourceFile): void {
  for (const node of source.statements) {
    if (!ts.isFunctionDeclaration(node) || !node.name || node.body?.statements.length !== 1) continue;
    const [only] = node.body.statements;
    const texts = ts.isReturnStatement(only) && only.expression ? textsOf(only.expression) : [];
    if (texts.length > 0) words.set(node.name.text, texts);
  }
}

function messagesOfFile(source: ts.SourceFile): Message[] {
  const path = source.fileName;
  const found: Message[] = [];
  const visit = (node: ts.Node) => {
    const message = messageOf(node);
    for (const text of message ? textsOf(message) : []) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${path.slice(root.length).replaceAll('\\', '/')}:${line + 1}`, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * The expression of the message, where the node makes an error or a warning that has one
 * of its own.
 */
function messageOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) {
    // An ArgumentError words what it is given: argument, expected, received.
    if (node.expression.getText() === 'ArgumentError') return undefined;
    return [...(node.arguments ?? [])].find((argument) => textsOf(argument).length > 0);
  }
  if (!ts.isCallExpression(node)) return undefined;
  const name = node.expression.getText().replace(/^.*\./, '');
  return speakers.includes(name) ? node.arguments.at(-1) : undefined;
}

/** The texts that an expression can have; none where it has no words of its own. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isCallExpression(node)) return words.get(node.expression.getText()) ?? [];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isTemplateExpression(node)) {
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')];
  }
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textsOf(node.left)[0] ?? '…', textsOf(node.right)[0] ?? '…'];
    return left === '…' && right === '…' ? [] : [left + right];
  }
  return [];
}
