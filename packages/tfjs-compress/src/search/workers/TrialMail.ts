import type { TrialOutcome, TrialResult } from '../types.js';
import type { Meeting } from './Meeting.js';

/**
 * What nobody has fetched after this is deleted: Redis is no store, and searches are
 * given up.
 */
const lifetimeMs = 7 * 24 * 60 * 60 * 1000;

/**
 * What travels through Redis beside the queue's jobs, as bytes: weights that trials begin
 * with, and outcomes. An outcome lies there until the coordinator has it on its disk, so
 * that a trial is not run again when its job is.
 */
export class TrialMail {
  constructor(
    private readonly meeting: Meeting,
    /** The name of the queue: outcomes of another version of the job are not seen. */
    private readonly queueName: string,
  ) {}

  async putOutcome({ result, file, model }: TrialOutcome): Promise<void> {
    const key = this.outcomeKey(result.id);
    const fields = new Map<string, string | Buffer>([['result', JSON.stringify(result)]]);
    if (file) fields.set('file', Buffer.from(file));
    if (model) fields.set('model', Buffer.from(model));
    await this.meeting.redis.multi().hset(key, fields).pexpire(key, lifetimeMs).exec();
  }

  async hasOutcome(id: string): Promise<boolean> {
    return (await this.meeting.redis.exists(this.outcomeKey(id))) === 1;
  }

  async outcome(id: string): Promise<TrialOutcome | undefined> {
    const { result, file, model } = await this.meeting.redis.hgetallBuffer(this.outcomeKey(id));
    if (!result) return undefined;
    const parsed: TrialResult = JSON.parse(result.toString());
    return { result: parsed, ...(file && { file }), ...(model && { model }) };
  }

  /** Weights that trials begin with; they are not sent if they are there. */
  async putParent(id: string, content: () => Promise<Uint8Array>): Promise<void> {
    const { redis } = this.meeting;
    const key = this.parentKey(id);
    if (await redis.pexpire(key, lifetimeMs)) return;
    await redis.set(key, Buffer.from(await content()), 'PX', lifetimeMs);
  }

  async parent(id: string): Promise<Uint8Array | undefined> {
    return (await this.meeting.redis.getBuffer(this.parentKey(id))) ?? undefined;
  }

  async deleteOutcome(id: string): Promise<void> {
    await this.meeting.redis.del(this.outcomeKey(id));
  }

  async deleteParents(ids: Iterable<string>): Promise<void> {
    for (const id of ids) await this.meeting.redis.del(this.parentKey(id));
  }

  /** Deletes all of it. */
  async clear(): Promise<void> {
    const { redis } = this.meeting;
    const match = this.meeting.key(this.queueName, '*');
    for await (const keys of redis.scanStream({ match, count: 1000 })) if (keys.length > 0) await redis.del(...keys);
  }

  private outcomeKey(id: string): string {
    return this.meeting.key(this.queueName, 'outcome', id);
  }

  private parentKey(id: string): string {
    return this.meeting.key(this.queueName, 'parent', id);
  }
}
