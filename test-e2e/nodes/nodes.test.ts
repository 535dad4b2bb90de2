import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { run } from '../support/run.js';
import { majors } from './majors.js';

/**
 * Training, saving and loading with the built packages on every Node version that is
 * promised: on the WASM backend and, where @tensorflow/tfjs-node is installed, on that,
 * too. npm keeps what it loads in its cache.
 */
const hasTfjsNode = existsSync(join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json'));

describe.each(hasTfjsNode ? ['wasm', 'tensorflow'] : ['wasm'])('%s', (backend) => {
  it.each(majors)('Node %i', async (major) => {
    const program = join(import.meta.dirname, 'main.js');
    const { stdout } = await run('npx', ['--yes', `node@${major}`, program, backend], { cwd: root });
    expect(stdout).toContain(`Node v${major}.`);
    console.log(stdout.trim().split('\n').at(-1));
  });
});
