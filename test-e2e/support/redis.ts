import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The path of a redis-server: REDIS_SERVER names it, else the usual places; undefined
 * when there is none.
 */
export function findRedis(): string | undefined {
  const places = [process.env.REDIS_SERVER, '/usr/bin/redis-server', '/usr/local/bin/redis-server'];
  return [...places, '/opt/homebrew/bin/redis-server'].find((path) => path && existsSync(path));
}

/** A Redis of the test's own, on a free port, that keeps nothing on disk. */
export class RedisServer {
  private process: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-redis-'));

  private constructor(
    private readonly executable: string,
    readonly port: number,
  ) {}

  static readonly password = 'p4ss/w0rd';

  static async start(executable: string): Promise<RedisServer> {
    const server = new RedisServer(executable, await freePort());
    await server.begin();
    return server;
  }

  get url(): string {
    return `redis://:${encodeURIComponent(RedisServer.password)}@127.0.0.1:${this.port}`;
  }

  async begin(): Promise<void> {
    const options = ['--save', '', '--appendonly', 'no', '--dir', this.folder, '--requirepass', RedisServer.password];
    const args = ['--port', `${this.port}`, '--bind', '127.0.0.1', ...options];
    const child = spawn(this.executable, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    child.stdout.setEncoding('utf8');
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text: string) => text.includes('Ready to accept connections') && resolve());
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    });
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    const { process: child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
