import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { type Snippet, snippetsOf } from './readmes.js';

const site = join(root, 'site');

/** The site's own texts, absolute; what they include is tested where it stands. */
const texts = readdirSync(site, { recursive: true })
  .map(String)
  .filter((path) => /\.md$|llms\.txt$/.test(path) && !/node_modules|\.vitepress/.test(path))
  .map((path) => join(site, path));

/**
 * The programs for Node of each text that has some: ```js blocks that begin with an
 * import.
 */
export function programsOfSite(): { name: string; programs: Snippet[] }[] {
  return texts
    .map((file) => ({ name: file.slice(root.length), programs: snippetsOf(file) }))
    .filter(({ programs }) => programs.length > 0);
}

/** The whole pages among the ```html blocks, to be opened as they are. */
export function pagesOfSite(): Snippet[] {
  return blocksOf(/^```html\n(<!doctype html>[\s\S]*?)^```/gm).map(({ name, line, parts: [code] }) => ({
    name,
    line,
    code,
  }));
}

/** Blocks that are called ```js [react/main.jsx]: the files of each project, by path. */
export function projectsOfSite(): Record<string, Record<string, string>> {
  const projects: Record<string, Record<string, string>> = {};
  for (const { parts } of blocksOf(/^```\w+ \[([\w-]+)\/([\w./-]+)\]\n([\s\S]*?)^```/gm)) {
    const [project, path, code] = parts;
    projects[project] = { ...projects[project], [path]: code };
  }
  return projects;
}

/** What a line of a program has to print: `console.log(…); // → text`. */
export function expectedOf(code: string): string[] {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text.trim());
}

function blocksOf(pattern: RegExp): { name: string; line: number; parts: string[] }[] {
  return texts.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(pattern)].map((match) => ({
      name: file.slice(root.length),
      line: text.slice(0, match.index).split('\n').length,
      parts: match.slice(1),
    }));
  });
}
