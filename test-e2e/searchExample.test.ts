import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../scripts/setup.mjs';
import { run } from './support/run.js';

const output = mkdtempSync(join(tmpdir(), 'search-'));
afterAll(() => rmSync(output, { recursive: true }));

it('examples/search makes a net smaller, says by how much, and goes on where it was', async () => {
  const args = ['examples/search/main.js', '--trials', '2', '--epochs', '4', '--minutes', '10', '--output', output];
  const options = { cwd: root, env: { MNIST_DIR: '' }, timeout: 290_000 };
  const { stdout } = await run(process.execPath, args, options);
  expect(stdout).toMatch(/search: trial 2 of 2/);
  const [, bytes] = /compressed +test error +[\d.]+% +([\d,]+) B/.exec(stdout) ?? [];
  expect(Number(bytes.replaceAll(',', ''))).toBeLessThan(300_000);
  for (const name of ['best.tfz', 'report.html', 'search.json'])
    expect(existsSync(join(output, name)), name).toBe(true);
  expect(readFileSync(join(output, 'report.html'), 'utf8')).toContain('Bytes and score of every trial');
  const again = await run(process.execPath, args, options);
  expect(again.stdout).not.toMatch(/search: trial/);
  expect(again.stdout).toContain(stdout.slice(stdout.indexOf('compressed')));
});
