import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { build } from '../../scripts/setup.mjs';
import { type Consumers, installConsumers } from './consumers.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The consumer projects; read by tests as inject('consumers'). */
    consumers: Consumers;
  }
}

/**
 * Builds, packs and installs once for all test files; TFJS_COMPRESS_KEEP=1 leaves the
 * projects for a look.
 */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-e2e-'));
  project.provide('consumers', await installConsumers(folder));
  return async () => {
    if (process.env.TFJS_COMPRESS_KEEP) console.log(`The consumer projects are in ${folder}`);
    // Not rmSync: it takes seconds, in which vitest would not hear that its workers have
    // ended.
    else await rm(folder, { recursive: true, force: true });
  };
}
