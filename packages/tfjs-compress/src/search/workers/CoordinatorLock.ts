import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { isProcessAlive } from '../isProcessAlive.js';
import type { Meeting } from './Meeting.js';

/** How long the lock of a coordinator that is dead on another machine stays. */
const lifetimeMs = 12_000;

/** Also sets it where it is gone: Redis may have been started again without its data. */
const renewScript = `
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return holder end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return nil`;

const releaseScript = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`;

interface Holder {
  id: string;
  host: string;
  pid: number;
}

/** Lets one coordinator at a time lead the search of a name. */
export class CoordinatorLock {
  private readonly key: string;
  private readonly own = JSON.stringify({ id: randomUUID(), host: hostname(), pid: process.pid } satisfies Holder);

  constructor(private readonly meeting: Meeting) {
    this.key = meeting.key('coordinator');
  }

  /**
   * Takes the lock, also that of a coordinator that has died, as soon as that is certain.
   *
   * @throws Error when another coordinator is at work.
   */
  async acquire(): Promise<void> {
    const { redis } = this.meeting;
    for (let lastLeft = Number.POSITIVE_INFINITY; ; ) {
      const text = await this.renew();
      if (text === undefined) return;
      const holder: Holder = JSON.parse(text);
      if (holder.host === hostname() && !isProcessAlive(holder.pid)) {
        await redis.eval(releaseScript, 1, this.key, text);
        continue;
      }
      // One that lives renews its lock: what is left of it grows.
      const left = await redis.pttl(this.key);
      if (left > lastLeft) throw this.taken(holder);
      lastLeft = left;
      await setTimeout(500);
    }
  }

  /**
   * To be called every few seconds.
   *
   * @throws Error when another coordinator has taken over: this process was suspended, or
   *   cut off from Redis, for too long.
   */
  async keep(): Promise<void> {
    const text = await this.renew();
    if (text !== undefined) throw this.taken(JSON.parse(text));
  }

  async release(): Promise<void> {
    await this.meeting.redis.eval(releaseScript, 1, this.key, this.own);
  }

  /** Returns the holder if it is another. */
  private async renew(): Promise<string | undefined> {
    const { redis } = this.meeting;
    return ((await redis.eval(renewScript, 1, this.key, this.own, lifetimeMs)) as string | null) ?? undefined;
  }

  private taken({ host, pid }: Holder): Error {
    return new Error(
      `another coordinator leads the search '${this.meeting.name}' on this Redis: process ${pid} on ${host}. ` +
        'Stop it, or give this search a --name of its own.',
    );
  }
}
