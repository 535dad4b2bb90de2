/**
 * A part of `npm run lint`: no line of a comment or of a text (*.md) is longer than 90
 * columns, but code, tables, links, headings, and what has no space to be broken at.
 * Biome has no such rule.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { root } from './setup.mjs';

const columns = 90;
const sources = /\.([mc]?[jt]s|[jt]sx)$/;
const texts = /\.md$/;
/** Changesets become changelogs, in which a paragraph is a line. */
const others = /(^|\/)(fixtures|\.changeset)\/|^examples\/.*\/data\//;
const isLong = (line) => line.length > columns;

/** The numbers, from 0, of lines that are too long, by the path of the file. */
function longLines(path, text) {
  const lines = text.split('\n');
  if (!lines.some(isLong)) return [];
  const isText = texts.test(path);
  const wanted = isText ? lines.map((_, i) => [i, i]) : commentsOf(path, text);
  let [isCode, isExample] = [false, false];
  const found = [];
  for (const [begin, end] of wanted) {
    if (!isText) isCode = isExample = false;
    for (let i = begin; i <= end; i++) {
      const line = lines[i].trim().replace(isText ? '' : /^(\/\*\*?|\*|\/\/) ?/, '');
      if (/^```/.test(line)) isCode = !isCode;
      if (!isText && /^@\w/.test(line)) isExample = line.startsWith('@example');
      if (isLong(lines[i]) && !isCode && !isExample && !isExempt(line, isText && /^ {4}/.test(lines[i]))) found.push(i);
    }
  }
  return found;
}

function isExempt(line, isIndented) {
  const isLink = /https?:\/\/|\]\(/.test(line);
  const isWhole = !/ /.test(line.replace(/`[^`]*`/g, ''));
  return isIndented || isLink || isWhole || /^(\||#|<|biome-ignore|@ts-)/.test(line);
}

/** First and last line of each comment that does not stand behind code. */
function commentsOf(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = new Map();
  const visit = (node) => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
      const isAlone = text.slice(text.lastIndexOf('\n', pos - 1) + 1, pos).trim() === '';
      if (isAlone)
        found.set(
          pos,
          [pos, end].map((at) => source.getLineAndCharacterOfPosition(at).line),
        );
    }
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...found.values()];
}

function main() {
  const paths = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const checked = paths.filter((path) => (sources.test(path) || texts.test(path)) && !others.test(path));
  const found = checked.flatMap((path) =>
    longLines(path, readFileSync(join(root, path), 'utf8')).map((i) => `${path}:${i + 1}`),
  );
  if (found.length === 0) return;
  console.error(`Longer than ${columns} columns, in comments or texts:\n${found.join('\n')}`);
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
