import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/**
 * Where runs of tests leave their reports for scripts/platforms.mjs; `.ci/run` names it
 * for what it runs in a copy, too.
 */
export const reportsFolder = process.env.TFJS_COMPRESS_REPORTS ?? join(root, 'output', 'reports');

/** Writes a report, a text or what becomes JSON, over that of an earlier run. */
export function writeReport(name, content) {
  mkdirSync(reportsFolder, { recursive: true });
  writeFileSync(join(reportsFolder, name), typeof content === 'string' ? content : JSON.stringify(content));
}
