import { hostname } from 'node:os';
import { hashOf } from '../hashOf.js';
import type { Redis } from './redis.js';
import type { SharedJob } from './SharedJob.js';

/** What the coordinator of a search tells its workers. */
export interface Announcement extends Omit<SharedJob, 'path'> {
  /** Seconds after which a worker that is not heard of has lost its trial. */
  lostAfter: number;
  state: 'running' | 'ended';
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Where the processes of a search find each other on Redis: under its name. Those that do
 * not run the same job never share a queue, because the queue's name tells jobs apart.
 */
export class Meeting {
  /** @param name Of the search. */
  constructor(
    readonly redis: Redis,
    readonly name: string,
  ) {}

  key(...parts: string[]): string {
    return ['tfjs-compress', this.name, ...parts].join(':');
  }

  /** The name of the queue of an announced search. */
  static queueName(name: string, { versions, fingerprint }: Announcement): string {
    return `${name}-${hashOf(JSON.stringify([versions, fingerprint]))}`;
  }

  async announce(announcement: Announcement): Promise<void> {
    await this.redis.set(this.key('search'), JSON.stringify(announcement), 'PX', 7 * dayMs);
  }

  async announcement(): Promise<Announcement | undefined> {
    const text = await this.redis.get(this.key('search'));
    return text ? JSON.parse(text) : undefined;
  }

  /** A worker says why it cannot take part. */
  async refuse(reason: string): Promise<void> {
    await this.redis.rpush(this.key('refused'), `${hostname()}, process ${process.pid}: ${reason}`);
    await this.redis.pexpire(this.key('refused'), dayMs);
  }

  /** What workers have said so since it was last asked. */
  async refusals(): Promise<string[]> {
    return (await this.redis.lpop(this.key('refused'), 100)) ?? [];
  }
}
