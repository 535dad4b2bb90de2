import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicPackages } from './packages.mjs';
import { root } from './setup.mjs';

/**
 * Copies the working tree, what is built and node_modules into a new temporary folder;
 * returns its path.
 *
 * @param options.link Makes node_modules a link instead, much faster: for what installs
 *   nothing and runs nothing of ours.
 */
export function copyRepository({ link = false } = {}) {
  const target = mkdtempSync(join(tmpdir(), 'tfjs-compress-copy-'));
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout, status } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error('git ls-files failed');
  const built = publicPackages().map(({ folder }) => join(folder, 'dist').slice(root.length));
  if (link) symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'), 'junction');
  for (const path of [...stdout.split('\0').filter(Boolean), ...built, ...(link ? [] : ['node_modules'])]) {
    // A file may be listed and deleted in the working tree.
    if (existsSync(join(root, path)))
      cpSync(join(root, path), join(target, path), { recursive: true, verbatimSymlinks: true });
  }
  return target;
}
