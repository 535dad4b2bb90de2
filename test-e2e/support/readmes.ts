import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages } from '../../scripts/packages.mjs';
import { root } from '../../scripts/setup.mjs';

/** The README files of the repository and of each package, absolute. */
export const readmes = [root, ...publicPackages().map(({ folder }) => folder)]
  .map((folder) => join(folder, 'README.md'))
  .filter((file) => existsSync(file));

export interface Snippet {
  /** The README's path in the repository. */
  name: string;
  line: number;
  code: string;
}

/**
 * The ```js blocks of a README that begin with an import: programs. Others are fragments,
 * or marked as what cannot run.
 */
export function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)]
    .map(({ 1: code, index }) => ({
      name: file.slice(root.length),
      code,
      line: text.slice(0, index).split('\n').length,
    }))
    .filter(({ code }) => /^import /m.test(code));
}

export function readmeSnippets(): Snippet[] {
  return readmes.flatMap(snippetsOf);
}
