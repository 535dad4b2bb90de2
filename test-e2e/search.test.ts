import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { place } from './support/consumers.js';
import { Program, until } from './support/Program.js';
import { findRedis, RedisServer } from './support/redis.js';

const { esm, slim } = inject('consumers');
const executable = findRedis();
if (!executable) console.log('There is no redis-server: searches on several machines are not tested.');

let folder: string;
let log: string;
let programs: Program[] = [];

/** What it printed. */
let aloneOutput: string;
/** Of a search: every trial, without the time that it took. */
let expected: object[];

/** Starts the command line. Each training takes `slow` ms longer. */
function start(args: string[], { slow = 0, cwd = folder, ...env }: Record<string, any> = {}): Program {
  const cli = join(cwd, '..', 'node_modules', 'tfjs-compress', 'dist', 'cli.js');
  const program = new Program([cli, ...args], cwd, { LOG: log, SLOW: `${slow}`, ...env });
  programs.push(program);
  return program;
}

function trialsIn(output: string): object[] {
  const path = join(folder, output, 'trials');
  const names = readdirSync(path).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => ({ ...JSON.parse(readFileSync(join(path, name), 'utf8')), seconds: 0 }));
}

/** What was trained so far, in order: the seed of the trial and the process. */
function trainings(): { stage: string; seed: string; pid: number }[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ')).map(([stage, seed, pid]) => ({ stage, seed, pid: Number(pid) }));
}

const trained = (count: number) =>
  until(
    () => trainings().length >= count,
    () => programs.map(({ output }) => output).join('\n---\n'),
  );

/** How often each trial was begun. */
function begun(): number[] {
  const seeds = trainings().flatMap(({ stage, seed }) => (stage === 'surgery' ? [seed] : []));
  return [...new Set(seeds)].map((seed) => seeds.filter((each) => each === seed).length);
}

async function expectSameAsAlone(program: Program, output: string): Promise<void> {
  expect(await program.ended, program.output).toBe(0);
  expect(trialsIn(output)).toEqual(expected);
  expect(readFileSync(join(folder, output, 'best.tfz'))).toEqual(readFileSync(join(folder, 'alone', 'best.tfz')));
}

beforeAll(async () => {
  folder = place('search', esm);
  log = join(folder, 'log-alone');
  const alone = start(['search', 'search.mjs', '--output', 'alone']);
  expect(await alone.ended, alone.output).toBe(0);
  expected = trialsIn('alone');
  aloneOutput = alone.output;
  log = join(folder, 'log');
});

let count = 0;
afterEach(async () => {
  await Promise.all(programs.map((program) => program.end('SIGKILL')));
  programs = [];
  log = join(folder, `log${++count}`);
});

describe('npx tfjs-compress search, in processes of this machine', () => {
  it('finds a smaller model that is good enough, and says so', () => {
    expect(expected.length).toBe(8);
    expect(expected.every((trial: any) => trial.status === 'done')).toBe(true);
    const [best, given] = ['alone/best.tfz', 'given model'].map((name) => {
      const [, sizeBytes, score] = new RegExp(`^${name}: (\\d+) bytes, score ([\\d.]+)$`, 'm').exec(aloneOutput) ?? [];
      return { sizeBytes: Number(sizeBytes), score: Number(score) };
    });
    expect(best.sizeBytes).toBe(readFileSync(join(folder, 'alone', 'best.tfz')).length);
    expect(best.sizeBytes).toBeLessThan(given.sizeBytes / 2);
    // What it loses is not that everything was guessed before; both are printed with four
    // digits.
    expect(given.score).toBeGreaterThan(0.9);
    expect(best.score).toBeGreaterThan(given.score - 0.05 - 1e-3);
  });

  it('a process that is killed in a trial loses nothing but that, which is run again', async () => {
    const search = start(['search', 'search.mjs', '--output', 'pool', '--workers', '2'], { slow: 400 });
    await trained(3);
    process.kill(trainings()[2].pid, 'SIGKILL');
    await expectSameAsAlone(search, 'pool');
    expect(search.output).toMatch(/^trial \w+: its process has ended \(killed, or out of memory\)$/m);
    // What trainings print is passed on in whole lines, beside the results.
    expect(search.output).toMatch(/^training of \d+$/m);
    expect(begun().sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
    expect(new Set(trainings().map(({ pid }) => pid)).size).toBe(3);
  });

  it('a trial that kills its process is a failed row, after three times', async () => {
    const args = ['search', 'search.mjs', '--output', 'deadly', '--workers', '2', '--trials', '2'];
    const search = start(args, { DIE: '1' });
    expect(await search.ended).toBe(1);
    expect(search.output).toContain('all 2 trials failed. The first: its process has ended 3 times (killed');
    expect(begun()).toEqual([3, 3]);
    expect(trialsIn('deadly')).toMatchObject([{ status: 'failed' }, { status: 'failed' }]);
  });

  it('stopped by Ctrl-C and by kill -9, it goes on to the same result', async () => {
    const args = ['search', 'search.mjs', '--output', 'again', '--workers', '2'];
    const first = start(args, { slow: 300 });
    await first.prints(/^search: trial 2 of 8/m);
    expect(await first.end('SIGINT')).toBe(0);
    expect(first.output).toContain('the same command goes on with the search');
    const second = start(args, { slow: 300 });
    await second.prints(/^search: trial 5 of 8/m);
    await second.end('SIGKILL');
    await expectSameAsAlone(start(args), 'again');
  });

  it.each([
    [['search', 'nowhere.mjs'], 'nowhere.mjs: there is no such file'],
    [
      ['search', 'empty.mjs'],
      'empty.mjs: expected exported functions model, train and evaluate, received model: nothing',
    ],
    [['search', 'random.mjs', '--workers', '2'], 'model() makes another model here'],
    [['search', 'search.mjs', '--workers', '2', '--queue', 'redis://x'], 'cannot be combined with --queue'],
    [['search', 'search.mjs', '--queue', 'http://me:s3cret@host'], 'received http://me:***@host'],
    [['worker', 'redis://:s3cret@127.0.0.1:1', 'search.mjs'], 'Redis at redis://:***@127.0.0.1:1 cannot be reached'],
    [['worker', 'redis://127.0.0.1:1', 'search.mjs', '--name', 'a:b'], 'Expected letters, digits'],
  ])('%j is refused', async (args, message) => {
    writeFileSync(join(folder, 'empty.mjs'), 'export const options = {};');
    const text = readFileSync(join(folder, 'search.mjs'), 'utf8');
    writeFileSync(join(folder, 'random.mjs'), text.replace("'float32', seed", "'float32'"));
    const program = start([...args, '--output', 'refused'].slice(0, args[0] === 'worker' ? args.length : undefined));
    expect(await program.ended).toBe(1);
    expect(program.output).toContain(message);
    expect(program.output).not.toContain('s3cret');
  });

  it('without BullMQ, it says what to install', async () => {
    const cwd = place('search', slim);
    const program = start(['search', 'search.mjs', '--queue', 'redis://127.0.0.1:1'], { cwd });
    expect(await program.ended).toBe(1);
    expect(program.output).toContain('a queue needs bullmq: npm install bullmq ioredis');
  });
});

describe.skipIf(!executable)('npx tfjs-compress search --queue, and workers', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start(executable!);
  });
  afterAll(() => redis?.remove());

  const lead = (name: string, lostAfter = 30) => {
    const queue = ['--queue', redis.url, '--name', name, '--lost-after', `${lostAfter}`];
    return start(['search', 'search.mjs', '--output', name, ...queue]);
  };
  const work = (name: string, options: object = {}, file = 'search.mjs') =>
    start(['worker', redis.url, file, '--name', name], options);

  /** Workers end by themselves when the search has. */
  async function expectEnd(workers: Program[]): Promise<void> {
    for (const worker of workers) {
      expect(await worker.ended, worker.output).toBe(0);
      expect(worker.output).toContain('the search has ended');
    }
    for (const { output } of programs) expect(output).not.toContain(RedisServer.password);
  }

  it('another worker takes the trial of one that is killed, or is stopped by Ctrl-C', async () => {
    const search = lead('killed', 1);
    const workers = [0, 1, 2].map(() => work('killed', { slow: 400 }));
    await Promise.all(workers.map((worker) => worker.prints(/^trial \w+ begins$/m)));
    await workers[0].end('SIGKILL');
    expect(await workers[1].end('SIGINT')).toBe(0);
    await expectSameAsAlone(search, 'killed');
    await expectEnd(workers.slice(2));
  });

  it('Redis may be started again, and have lost all it had', async () => {
    const search = lead('lost');
    const workers = [0, 1].map(() => work('lost', { slow: 300 }));
    await search.prints(/^search: trial 1 of 8/m);
    await redis.kill();
    await Promise.all([search, ...workers].map((program) => program.prints(/the connection to Redis is lost/)));
    await redis.begin();
    await expectSameAsAlone(search, 'lost');
    await expectEnd(workers);
  });

  it('a coordinator may be stopped, killed and started again; a second one is refused', async () => {
    const first = lead('led');
    await first.prints(/no worker yet/);
    const other = start(['search', 'search.mjs', '--output', 'other', '--queue', redis.url, '--name', 'led']);
    expect(await other.ended).toBe(1);
    expect(other.output).toMatch(/another coordinator leads the search 'led' on this Redis: process \d+ on /);
    const workers = [0, 1].map(() => work('led', { slow: 400 }));
    await first.prints(/^search: trial 1 of 8/m);
    expect(await first.end('SIGINT')).toBe(0);
    const second = lead('led');
    await second.prints(/^search: trial 4 of 8/m);
    await second.end('SIGKILL');
    const third = lead('led');
    await expectSameAsAlone(third, 'led');
    // In all three together.
    const counted = [first, second, third].flatMap(({ output }) => output.match(/^search: trial \d+ of 8/gm) ?? []);
    expect(new Set(counted).size).toBe(counted.length);
    expect(begun()).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    await expectEnd(workers);
  });

  it('a worker with another version of the search runs no trial, and both sides say so', async () => {
    writeFileSync(join(folder, 'old.mjs'), `${readFileSync(join(folder, 'search.mjs'), 'utf8')}// As it was.\n`);
    const search = lead('versions');
    const old = work('versions', {}, 'old.mjs');
    expect(await old.ended).toBe(1);
    expect(old.output).toContain("not what the coordinator of the search 'versions' runs: the text of the module");
    await search.prints(/a worker takes no trials \(.*: it has another version of the search: the text of the module/);
    expect(trainings()).toEqual([]);
    const worker = work('versions');
    await expectSameAsAlone(search, 'versions');
    await expectEnd([worker]);
  });
});
