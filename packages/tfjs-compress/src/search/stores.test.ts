import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FolderLock } from './FolderLock.js';
import { FolderStore } from './FolderStore.js';
import { MemoryStore } from './MemoryStore.js';
import type { Baseline, TrialOutcome, TrialStore } from './types.js';

const root = mkdtempSync(join(tmpdir(), 'search-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const newFolder = () => join(root, String(count++));

const baseline: Baseline = { score: 0.9, sizeBytes: 10, kernels: {} };

function outcome(id: string, score = 0.5): TrialOutcome {
  const spec = { id, generation: 1, plan: {}, parent: 'start', epochs: { surgery: 1, quantize: 1 }, seed: 0 };
  const result = { id, spec, status: 'done' as const, score, sizeBytes: 3, kernels: {}, seconds: 1 };
  return { result, file: Uint8Array.of(1, 2, 3), model: Uint8Array.of(4, 5) };
}

function conformance(make: () => TrialStore): void {
  it('gives back what was put', async () => {
    const store = make();
    await store.open('f');
    expect(await store.baseline()).toBeUndefined();
    expect(await store.results()).toEqual([]);
    await store.putBaseline(baseline);
    await store.put(outcome('a'));
    const failed = { ...outcome('b').result, status: 'failed' as const, error: 'why' };
    await store.put({ result: failed });
    expect(await store.baseline()).toEqual(baseline);
    expect((await store.results()).sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual([outcome('a').result, failed]);
    expect([...(await store.file('a'))!]).toEqual([1, 2, 3]);
    expect([...(await store.model('a'))!]).toEqual([4, 5]);
    expect(await store.file('b')).toBeUndefined();
    await store.close();
  });

  it('keeps the first result of a trial', async () => {
    const store = make();
    await store.open('f');
    await store.put(outcome('a', 0.5));
    await store.put({ ...outcome('a', 0.6), file: Uint8Array.of(9) });
    expect(await store.results()).toEqual([outcome('a', 0.5).result]);
    expect([...(await store.file('a'))!]).toEqual([1, 2, 3]);
    await store.close();
  });
}

describe('MemoryStore', () => conformance(() => new MemoryStore()));

describe('FolderStore', () => {
  conformance(() => new FolderStore(newFolder()));

  it('goes on in another process with the same search, and refuses another one', async () => {
    const folder = newFolder();
    const first = new FolderStore(folder);
    await first.open('f');
    await first.putBaseline(baseline);
    await first.put(outcome('a'));
    await first.close();
    const second = new FolderStore(folder);
    await second.open('f');
    expect(await second.baseline()).toEqual(baseline);
    expect(await second.results()).toEqual([outcome('a').result]);
    await second.close();
    const other = new FolderStore(folder);
    await expect(other.open('g')).rejects.toThrow(/holds a search for another model, or with other options/);
    await second.open('f');
    await second.close();
  });

  it('counts a trial only when all of it is there', async () => {
    const folder = newFolder();
    const store = new FolderStore(folder);
    await store.open('f');
    // What kill -9 leaves between two files, and inside of one.
    writeFileSync(join(folder, 'trials', 'a.tfz'), Uint8Array.of(7));
    writeFileSync(join(folder, 'trials', 'a.json.12.x.tmp'), '{"id":');
    expect(await store.results()).toEqual([]);
    await store.put(outcome('a'));
    expect(await store.results()).toEqual([outcome('a').result]);
    expect([...(await store.file('a'))!]).toEqual([1, 2, 3]);
    await store.close();
  });

  it('names a file that is not what it wrote', async () => {
    const folder = newFolder();
    const store = new FolderStore(folder);
    await store.open('f');
    writeFileSync(join(folder, 'trials', 'a.json'), '{"id":');
    await expect(store.results()).rejects.toThrow(join(folder, 'trials', 'a.json'));
    await store.close();
    writeFileSync(join(folder, 'search.json'), '{"version":2}');
    await expect(store.open('f')).rejects.toThrow(/another version/);
    expect(readdirSync(folder)).not.toContain('search.lock');
  });

  it('is open once at a time', async () => {
    const folder = newFolder();
    const [one, two] = [new FolderStore(folder), new FolderStore(folder)];
    await one.open('f');
    await expect(two.open('f')).rejects.toThrow(`${folder} is in use by another search, in this process.`);
    await one.close();
    await two.open('f');
    await two.close();
  });
});

describe('FolderLock', () => {
  const lockIn = (folder: string) => join(folder, 'search.lock');

  it('is taken over from a process that is gone, by one of many', async () => {
    const folder = mkdtempSync(join(root, 'lock-'));
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(lockIn(folder), JSON.stringify({ pid, host: hostname(), token: 'dead' }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => FolderLock.take(lockIn(folder), folder)));
    const taken = tries.filter((each) => each.status === 'fulfilled');
    expect(taken.length).toBe(1);
    expect(readdirSync(folder)).toEqual(['search.lock']);
    await taken[0].value.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not taken from a living process, nor from another machine', async () => {
    const folder = mkdtempSync(join(root, 'lock-'));
    const parent = { pid: process.ppid, host: hostname(), token: 'x' };
    writeFileSync(lockIn(folder), JSON.stringify(parent));
    await expect(FolderLock.take(lockIn(folder), folder)).rejects.toThrow(`in process ${process.ppid}`);
    writeFileSync(lockIn(folder), JSON.stringify({ ...parent, host: 'elsewhere' }));
    await expect(FolderLock.take(lockIn(folder), folder)).rejects.toThrow(/on elsewhere. If that is gone, delete/);
    expect(JSON.parse(readFileSync(lockIn(folder), 'utf8')).host).toBe('elsewhere');
  });

  it('names a file that says nothing', async () => {
    const folder = mkdtempSync(join(root, 'lock-'));
    writeFileSync(lockIn(folder), '');
    await expect(FolderLock.take(lockIn(folder), folder)).rejects.toThrow(
      `${lockIn(folder)} does not say who holds it`,
    );
  });

  it('is taken from an earlier process with the same number', async () => {
    const folder = mkdtempSync(join(root, 'lock-'));
    writeFileSync(lockIn(folder), JSON.stringify({ pid: process.pid, host: hostname(), token: 'earlier' }));
    await (await FolderLock.take(lockIn(folder), folder)).release();
  });
});
