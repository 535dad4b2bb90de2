import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tables } from './tables.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
export const home = 'https://github.com/tfjs-compress/tfjs-compress';

/**
 * Texts of the repository that are pages of the site: a link to one of them leads to the
 * page.
 */
const pages = {
  'packages/tfjs-compress/README.md': './tfjs-compress.md',
  'packages/callbacks/README.md': './callbacks.md',
  'packages/layers/README.md': './layers.md',
  'packages/format/README.md': './format.md',
  'packages/format/SPEC.md': './spec.md',
  'packages/runtime/README.md': './runtime.md',
  'packages/detection/README.md': './detection.md',
  'packages/wasm-training/README.md': './wasm-training.md',
  'packages/math/README.md': './math.md',
  'benchmarks/README.md': './benchmarks.md',
  'examples/README.md': './templates.md',
};

/** Parts of the README that stand on pages of their own. */
const parts = {
  'README.md#what-you-ship': './index.md#before-and-after',
  'README.md#one-line': './index.md#the-one-line',
  'README.md#ways-to-use-it': './settings.md',
  'README.md#in-a-browser': './browser.md',
  'README.md#versions': './platforms.md#versions',
};

const directive = /^<!-- include: (\S+?)(?:#(\S+))? -->$/gm;
const table = /^<!-- table: (\w+) -->$/gm;
const picture = /^<!-- picture: (\S+) -->$/gm;

/**
 * Puts in what lines like `<!-- include: ../README.md#in-a-browser -->` name: a whole
 * file, or what stands under one of its headings; the drawings that
 * `<!-- picture: pictures/start.svg -->` names, and the tables of tables.mjs. VitePress's
 * own @include knows no headings, puts in the whole file where it does not find the part,
 * and leaves the links as they are.
 *
 * @param file The absolute path of the page.
 * @throws Error when the file or the heading is not there.
 */
export function withIncludes(text, file) {
  const illustrated = text
    .replace(table, (_, name) => tables[name]())
    .replace(picture, (_, path) => drawing(readFileSync(join(dirname(file), path), 'utf8')));
  return illustrated.replace(directive, (_, path, heading) => {
    const source = join(dirname(file), path);
    const whole = readFileSync(source, 'utf8');
    const part = heading ? sectionOf(whole, heading, source) : whole;
    return withLinks(part, relative(repository, source).replaceAll('\\', '/'), !heading).trim();
  });
}

/**
 * An SVG in the page itself, so that it takes the page's colors; its own are for where it
 * stands alone, as in a README.
 */
function drawing(svg) {
  return `<div class="picture" v-pre>\n${svg.replace(/<style>[\s\S]*?<\/style>\n?/, '').trim()}\n</div>`;
}

/** The names by which headings are linked to on GitHub, and on the site. */
export function slugOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function sectionOf(text, wanted, source) {
  const lines = text.split('\n');
  let isCode = false;
  const headings = lines.flatMap((line, index) => {
    if (line.startsWith('```')) isCode = !isCode;
    const [, marks, words] = (!isCode && /^(#+) (.*)$/.exec(line)) || [];
    return marks ? [{ index, level: marks.length, slug: slugOf(words) }] : [];
  });
  const start = headings.find(({ slug }) => slug === wanted);
  if (!start) throw new Error(`${source} has no heading #${wanted}.`);
  const end = headings.find(({ index, level }) => index > start.index && level <= start.level);
  return lines.slice(start.index + 1, end?.index).join('\n');
}

/**
 * The same text, its links as they are right on the site; where it is not a whole one,
 * links to its own headings, too.
 */
function withLinks(text, source, isWhole) {
  const right = (link) => (isWhole && link.startsWith('#') ? link : siteLink(link, source));
  return text
    .split(/(^```[\s\S]*?^```)/m)
    .map((part, i) => (i % 2 ? part : part.replace(/\]\(\s*([^)\s]+)\)/g, (_, link) => `](${right(link)})`)))
    .join('');
}

/**
 * Where a link of the repository's text `source` leads on the site: to a page, else to
 * the file on GitHub.
 */
function siteLink(link, source) {
  const [, path, anchor = ''] = /^([^#]*)(#.*)?$/.exec(link);
  const inRepository = path.startsWith(`${home}/`)
    ? path.slice(home.length + 1).replace(/^(blob|tree)\/main\//, '')
    : path;
  if (/^[a-z]+:/.test(inRepository)) return link;
  const target = inRepository === path ? (path ? posix.join(posix.dirname(source), path) : source) : inRepository;
  const readme = posix.join(target, 'README.md');
  const page = pages[target] ?? pages[readme] ?? target.match(/^site\/([\w-]+\.md)$/)?.[1];
  if (page) return page + anchor;
  if (parts[target + anchor]) return parts[target + anchor];
  if (!existsSync(join(repository, target))) throw new Error(`${source}: the link ${link} leads nowhere.`);
  const kind = statSync(join(repository, target)).isDirectory() ? 'tree' : 'blob';
  return `${home}/${kind}/main/${target}${anchor}`;
}
