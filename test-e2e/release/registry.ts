import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '../support/run.js';

/**
 * Verdaccio is 327 packages, which nobody needs who does not make a release: it is
 * installed into the user's cache folder by those who do. 6.8 is the last line for Node
 * 20. One of its packages asks for a tag that not every mirror has, and gets a version
 * instead.
 */
const verdaccio = '6.8.0';
const overrides = { 'verdaccio-audit': { 'node-fetch': '2.7.0' } };
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tfjs-compress-verdaccio', verdaccio);

export interface Registry {
  url: string;
  /**
   * What npm has to be told to publish there and to install from there: environment
   * variables.
   */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Starts a registry on a free port that keeps our packages in `folder` and gets all
 * others from the registry that npm is configured with.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  await install();
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', shell: isWindows }).trim();
  const ours = { access: '$all', publish: '$authenticated', unpublish: '$authenticated' };
  const config = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: { upstream: { url: upstream, timeout: '60s' } },
    packages: { 'tfjs-compress': ours, '@tfjs-compress/*': ours, '**': { access: '$all', proxy: 'upstream' } },
    web: { enable: false },
    log: { type: 'stdout', level: 'warn' },
  };
  const file = join(folder, 'config.yaml');
  writeFileSync(file, JSON.stringify(config, null, 2));
  const program = join(cache, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const server = spawn(process.execPath, [program, '--config', file, '--listen', String(port)], { cwd: folder });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode) return;
    server.kill();
    await once(server, 'close');
  };
  try {
    await answers(server, url);
    const npmrc = join(folder, 'npmrc');
    writeFileSync(npmrc, `registry=${url}\n//localhost:${port}/:_authToken=${await addUser(url)}\n`);
    // changesets reads the first of these only, and would ask npm's own registry without
    // it.
    return { url, env: { npm_config_registry: url, npm_config_userconfig: npmrc }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const isWindows = process.platform === 'win32';

async function install(): Promise<void> {
  if (existsSync(join(cache, 'node_modules', 'verdaccio', 'package.json'))) return;
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), JSON.stringify({ private: true, dependencies: { verdaccio }, overrides }));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: cache });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function answers(server: ChildProcess, url: string): Promise<void> {
  let output = '';
  for (const stream of [server.stdout!, server.stderr!]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  for (const start = Date.now(); Date.now() - start < 60_000; await setTimeout(100)) {
    if (server.exitCode !== null) break;
    const response = await fetch(`${url}-/ping`).catch(() => undefined);
    if (response?.ok) return;
  }
  throw new Error(`the registry does not answer at ${url}:\n${output}`);
}

/** Returns the token of a new user, the only one who may publish. */
async function addUser(url: string): Promise<string> {
  const name = 'release';
  const response = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: crypto.randomUUID() }),
  });
  const { token } = (await response.json()) as { token?: string };
  if (!token) throw new Error(`the registry does not take a user: ${response.status}`);
  return token;
}
