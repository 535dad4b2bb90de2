import { describe, expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { findBrowser } from './support/browser.js';
import { run } from './support/run.js';

const executable = findBrowser();

describe.skipIf(!executable)('LeNet-5 in a browser', () => {
  it('trains on every build of the WASM backend as it does in Node', async () => {
    const args = ['benchmarks/wasm-training/browser.mjs', '--check', '--chromium', executable!];
    const { stdout } = await run(process.execPath, args, { cwd: root });
    for (const build of ['threaded-simd', 'threaded-simd, 2 threads', 'simd', 'plain']) {
      expect(stdout).toMatch(new RegExp(`^${build}: \\d thread.* losses within`, 'm'));
    }
  });
});
