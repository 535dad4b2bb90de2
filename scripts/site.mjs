/**
 * npm run site: builds the site into output/site, the API pages in output/site/api, the
 * live page in output/site/live, and fails on a link that leads nowhere, on a table's
 * header without words, on a page that loads anything from elsewhere, and on a picture
 * that is not drawn from its run.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { drawAll } from '../site/pictures/draw.mjs';
import { root, setup } from './setup.mjs';

const site = join(root, 'site');
const live = join(root, 'examples', 'browser');
const output = join(root, 'output', 'site');

function main() {
  setup();
  checkPictures();
  rmSync(output, { recursive: true, force: true });
  run('the site', site, 'vitepress/bin/vitepress.js', 'build');
  run('the live page', live, 'vite/bin/vite.js', 'build', '--logLevel', 'warn');
  cpSync(join(live, 'dist'), join(output, 'live'), { recursive: true });
  run('the API pages', root, 'typedoc/bin/typedoc', '--logLevel', 'Warn');
  cpSync(join(root, 'output', 'docs'), join(output, 'api'), { recursive: true });
  const faults = checkPages();
  if (faults.length > 0) throw new Error(`Faults of the site:\n${faults.join('\n')}`);
  console.log(`The site is in ${output}. To look at it: npx vitepress preview site`);
}

function run(what, cwd, script, ...args) {
  const path = join(root, 'node_modules', script);
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${what} could not be built.`);
}

function checkPictures() {
  const drawings = drawAll(JSON.parse(readFileSync(join(site, 'pictures', 'run.json'), 'utf8')));
  for (const [name, drawing] of Object.entries(drawings)) {
    if (readFileSync(join(site, 'pictures', `${name}.svg`), 'utf8') === drawing) continue;
    throw new Error(`site/pictures/${name}.svg is not what run.json gives: run node site/pictures/draw.mjs.`);
  }
}

/** What is wrong with all pages but those that typedoc made, one line each. */
function checkPages() {
  const pages = readdirSync(output).filter((name) => name.endsWith('.html') && name !== '404.html');
  const text = Object.fromEntries(pages.map((name) => [name, readFileSync(join(output, name), 'utf8')]));
  return pages.flatMap((page) => {
    const main = text[page].replace(/<pre[\s\S]*?<\/pre>/g, '');
    const links = [...main.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)].map(([, link]) => link);
    const loaded = [...main.matchAll(/<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)="([^"]*)"/g)];
    const foreign = loaded.map(([, link]) => link).filter((link) => /^([a-z]+:)?\/\//.test(link));
    return [
      ...[...main.matchAll(/<th\b[^>]*>\s*<\/th>/g)].map(() => `${page}: a header of a table has no words`),
      ...foreign.map((link) => `${page}: loads ${link}`),
      ...links.flatMap((link) => faultOf(link, page, text).map((fault) => `${page}: ${link} ${fault}`)),
    ];
  });
}

function faultOf(link, page, text) {
  if (/^[a-z]+:/.test(link)) return [];
  const [path, anchor] = link.split('#');
  const base = process.env.SITE_BASE ?? '/';
  const absolute = path.startsWith(base) ? path.slice(base.length) : path;
  const target = posix.normalize(absolute || (path ? 'index.html' : page)).replace(/\/$/, '/index.html');
  if (!existsSync(join(output, target))) return ['leads nowhere'];
  if (anchor && text[target] && !text[target].includes(`id="${decodeURIComponent(anchor)}"`))
    return ['has no such heading'];
  return [];
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
