import { setTimeout } from 'node:timers/promises';
import type * as BullMQ from 'bullmq';
import type { Redis } from 'ioredis';

export type { Redis };

/** Word of a connection that is lost and comes back. */
export type Report = (line: string) => void;

/**
 * Checks a Redis address.
 *
 * @throws Error without the address's password.
 */
export function checkRedisUrl(text: string): string {
  const isUrl = /^rediss?:\/\//.test(text) && URL.canParse(text);
  if (!isUrl || !new URL(text).hostname)
    throw new Error(`queue: expected redis://host:port or rediss://…, received ${hidePassword(text)}.`);
  return text;
}

/** The text with stars in place of passwords of the addresses in it. */
export function hidePassword(text: string): string {
  // Up to the last @: a password may hold one that nobody wrote as %40.
  return text.replace(/(\w+:\/\/[^:@/\s]*):\S*@/g, '$1:***@');
}

/** @throws Error that says what to install. */
export async function loadBullMQ(): Promise<typeof BullMQ> {
  return load('bullmq', () => import('bullmq'));
}

/**
 * Connects to Redis. Later losses of the connection are reported once each, and it is
 * made again by itself.
 *
 * @throws Error when it cannot be made now, or ioredis is not installed.
 */
export async function connect(url: string, report: Report): Promise<Redis> {
  checkRedisUrl(url);
  const { Redis } = await load('ioredis', () => import('ioredis'));
  let isReady = false;
  let isLost = false;
  let isOver = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5000,
    // BullMQ asks for it: commands wait for the connection instead of failing.
    maxRetriesPerRequest: null,
    // BullMQ's own connections are copies with this function, and end with this one.
    retryStrategy: (times) => (isReady && !isOver ? Math.min(100 * times, 2000) : null),
  });
  let reason = '';
  redis.on('error', (error) => {
    reason = error.message || (error as NodeJS.ErrnoException).code || 'no answer';
    if (isReady && !isLost) {
      isLost = true;
      report(`the connection to Redis is lost (${hidePassword(reason)}), trying again`);
    }
  });
  redis.on('end', () => {
    isOver = true;
  });
  redis.on('ready', () => {
    if (isLost) report('the connection to Redis is back');
    isLost = false;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const message = hidePassword(reason || (error as Error).message);
    throw new Error(`Redis at ${hidePassword(url)} cannot be reached: ${message}`);
  }
  isReady = true;
  return redis;
}

/**
 * Waits for what asks Redis something at the end of a process: without a connection it
 * would wait for ever.
 */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  promise.catch(() => undefined);
  await Promise.race([promise, setTimeout(ms, undefined, { ref: false })]);
}

async function load<T>(name: string, importIt: () => Promise<T>): Promise<T> {
  try {
    return await importIt();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`a queue needs ${name}: npm install bullmq ioredis`);
  }
}
