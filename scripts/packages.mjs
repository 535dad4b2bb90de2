import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './setup.mjs';

/** The packages that are published: [{ name, folder, manifest }], folder absolute. */
export function publicPackages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private)
    .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }));
}

/**
 * Packs the public packages into `folder`; returns the tarballs' absolute paths by
 * package name. Build first.
 */
export function packPublicPackages(folder) {
  const folders = publicPackages().map((each) => each.folder);
  const args = ['pack', ...folders, '--json', '--pack-destination', folder, '--loglevel=error'];
  const result = spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) throw new Error(`npm pack failed:\n${result.stdout}\n${result.stderr}`);
  const packed = Object.values(JSON.parse(result.stdout));
  // npm writes scoped packages' file names with '/' for '-' in some versions' reports.
  const tarball = ({ filename }) => resolve(folder, filename.replace(/^@/, '').replace('/', '-'));
  return Object.fromEntries(packed.map((each) => [each.name, tarball(each)]));
}
