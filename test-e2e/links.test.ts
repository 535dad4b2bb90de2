import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';

/**
 * Links in the repository's texts lead somewhere: to a file that is there, and to a
 * heading in it. npm shows a package's README alone, so there a link to another file is
 * an address in the repository.
 */
const home: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).homepage.replace(/#.*/, '');

const texts = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['packages', 'examples', 'benchmarks', 'test-e2e'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true })
      .map((path) => join(top, String(path)))
      .filter((path) => /(?<!node_modules.*)\.md$/.test(path)),
  ),
];

/** The targets of inline links, references and HTML, outside code. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const found = prose.matchAll(/\]\(\s*<?([^)>\s]+)|^\s*\[[^\]]+\]:\s*(\S+)|(?:href|src)="([^"]+)"/gm);
  return [...found].map(([, inline, reference, html]) => inline ?? reference ?? html);
}

/** The names by which headings are linked to, as GitHub and npm make them. */
function anchorsIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/^#+ +(.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/**
 * What is wrong with a link in the text `file`; undefined for one that is right, or leads
 * out of the repository.
 */
function fault(file: string, link: string): string | undefined {
  const inRepository = link.startsWith(`${home}/`)
    ? /^(?:blob|tree)\/main\/(.*)$/.exec(link.slice(home.length + 1))
    : null;
  if (/^[a-z]+:/.test(link) && !inRepository) return undefined;
  const [path, anchor] = (inRepository?.[1] ?? link).split('#');
  const isPublished = /^packages[\\/]/.test(file);
  if (isPublished && !inRepository && path) return 'is dead on npm: write the address in the repository';
  const target = inRepository ? join(root, path) : path ? join(root, dirname(file), path) : join(root, file);
  if (!existsSync(target)) return `leads to ${relative(root, target)}, which is not there`;
  const text = statSync(target).isDirectory() ? join(target, 'README.md') : target;
  if (anchor && !anchorsIn(readFileSync(text, 'utf8')).includes(anchor)) return `no heading is called #${anchor}`;
  return undefined;
}

it.each(texts)('links in %s lead to files and headings that are there', (file) => {
  const links = linksIn(readFileSync(join(root, file), 'utf8'));
  expect(links.map((link) => [link, fault(file, link)]).filter(([, wrong]) => wrong)).toEqual([]);
});

it.each([
  ['packages/format/README.md', '../layers/README.md', 'dead on npm'],
  ['packages/format/README.md', `${home}/blob/main/packages/nowhere/README.md`, 'not there'],
  ['packages/format/README.md', `${home}/blob/main/packages/format/README.md#nowhere`, 'no heading'],
  ['README.md', 'packages/nowhere', 'not there'],
  ['README.md', '#nowhere', 'no heading'],
])('in %s, %s is refused', (file, link, message) => {
  expect(fault(file, link)).toContain(message);
});
