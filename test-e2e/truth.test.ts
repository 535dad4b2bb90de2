import { join } from 'node:path';
import { freshCases, nameOf } from '@tfjs-compress/testing/truth';
import { build } from 'vite';
import { beforeAll, expect, inject, it } from 'vitest';
import { lastJson, run } from './support/run.js';

/**
 * The program bundled with the cases; tfjs and the packages under test stay what is
 * installed in the consumer project.
 */
const folder = join(inject('consumers').esm, 'truth');

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'truth', 'program.ts'),
      outDir: folder,
      rolldownOptions: { output: { entryFileNames: 'program.mjs' } },
    },
    resolve: { external: ['tfjs-compress', '@tfjs-compress/wasm-training'] },
    ssr: {
      noExternal: ['@tfjs-compress/testing'],
      external: ['tfjs-compress', '@tfjs-compress/wasm-training'],
      resolve: { conditions: ['tfjs-compress-source'] },
    },
  } as never);
});

/** Two processes at a time. */
const waiting: (() => void)[] = [];
let free = 2;

async function inTurn<T>(body: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await body();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

const list = freshCases.map((each, i) => [nameOf(each), ['cpu', 'wasm'][i % 2]] as const);

/**
 * The cases of packages/callbacks/src/truth.test.ts that are each the first fit of a
 * process: nothing of ours ran before.
 */
it.concurrent.each(list)('%s, on %s', async (name, backend) => {
  const result = await inTurn(() => run(process.execPath, ['program.mjs', backend, name], { cwd: folder }));
  const findings = lastJson<string[]>(result);
  expect(findings, findings.join('\n')).toEqual([]);
});
