import { builtin } from '@tfjs-compress/format/internal';
import { isProcessAlive } from './isProcessAlive.js';

/** What is in the file, as JSON. */
interface Holder {
  pid: number;
  host: string;
  /** Tells processes apart that had the same pid at different times. */
  token: string;
}

/** Those that this process holds. */
const held = new Set<string>();

/**
 * A file that says which process works in a folder. One that was left by a process that
 * is gone (kill -9) is taken over; on another machine nobody can tell, and its file has
 * to be deleted by hand.
 */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {}

  /** @throws Error when another process, or another search of this one, holds it. */
  static async take(path: string, purpose: string): Promise<FolderLock> {
    const fs = builtin<typeof import('node:fs/promises')>('node:fs/promises');
    const { hostname } = builtin<typeof import('node:os')>('node:os');
    const { pid } = builtin<typeof import('node:process')>('node:process');
    const { randomUUID } = builtin<typeof import('node:crypto')>('node:crypto');
    const own: Holder = { pid, host: hostname(), token: randomUUID() };
    for (;;) {
      try {
        // A link is there with its content or not at all; a file that is created is empty
        // first.
        const whole = `${path}.${own.token}`;
        await fs.writeFile(whole, JSON.stringify(own));
        try {
          await fs.link(whole, path);
        } finally {
          await fs.rm(whole, { force: true });
        }
        held.add(own.token);
        return new FolderLock(path, own.token);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readHolder(path);
      if (!holder) continue;
      if (isAlive(holder, own)) throw new Error(refusal(path, purpose, holder, own));
      await takeAway(path, holder, own.token);
    }
  }

  async release(): Promise<void> {
    const fs = builtin<typeof import('node:fs/promises')>('node:fs/promises');
    held.delete(this.token);
    if ((await readHolder(this.path))?.token === this.token) await fs.rm(this.path, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const fs = builtin<typeof import('node:fs/promises')>('node:fs/promises');
  try {
    return JSON.parse(await fs.readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // As a machine that lost its power may leave it.
    if (error instanceof SyntaxError) throw new Error(`${path} does not say who holds it. If nobody does, delete it.`);
    throw error;
  }
}

function isAlive({ pid, host, token }: Holder, own: Holder): boolean {
  if (host !== own.host) return true;
  return pid === own.pid ? held.has(token) : isProcessAlive(pid);
}

/**
 * Of two that find the same dead holder, the slower one must not take away what the
 * faster one has put there.
 */
async function takeAway(path: string, dead: Holder, token: string): Promise<void> {
  const fs = builtin<typeof import('node:fs/promises')>('node:fs/promises');
  const aside = `${path}.dead.${token}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved?.token !== dead.token) await fs.link(aside, path).catch(() => {});
  await fs.rm(aside, { force: true });
}

function refusal(path: string, purpose: string, holder: Holder, own: Holder): string {
  if (holder.host !== own.host)
    return `${purpose} is in use by process ${holder.pid} on ${holder.host}. If that is gone, delete ${path}.`;
  const who = holder.pid === own.pid ? 'this process' : `process ${holder.pid}`;
  return `${purpose} is in use by another search, in ${who}. Wait for its end, or give another output.`;
}
