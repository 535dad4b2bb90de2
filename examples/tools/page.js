import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Writes digits.html, a page that runs the model in quantized.tfz, as `npx tfjs-compress
 * page` does. Returns its path and bytes.
 */
export function writePage(folder) {
  const [model, page] = [join(folder, 'quantized.tfz'), join(folder, 'digits.html')];
  const program = join(dirname(createRequire(import.meta.url).resolve('tfjs-compress/package.json')), 'dist', 'cli.js');
  const { status, stderr } = spawnSync(process.execPath, [program, 'page', model, page, '--title', 'Draw a digit'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return `${page}, ${statSync(page).size.toLocaleString('en-US')} bytes with everything in it`;
}
