import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { version_core } from '@tensorflow/tfjs-core';

const { version } = createRequire(import.meta.url)('tfjs-compress/package.json') as { version: string };

/** What two processes must have in common to run trials of one search. */
export interface JobVersions {
  /** SHA-256 of the module's file. What it imports is not looked at. */
  module: string;
  tfjsCompress: string;
  tfjs: string;
}

/** The versions of the job module at `path`, which is not loaded for it. */
export function versionsOf(path: string): JobVersions {
  return { module: hashOf(path), tfjsCompress: version, tfjs: version_core };
}

/** What two processes do not have in common, in words; undefined when they may work together. */
export function differenceOf(theirs: JobVersions, ours: JobVersions): string | undefined {
  const differences = [];
  if (theirs.module !== ours.module) differences.push("the module's text differs");
  if (theirs.tfjsCompress !== ours.tfjsCompress)
    differences.push(`tfjs-compress is ${ours.tfjsCompress}, not ${theirs.tfjsCompress}`);
  if (theirs.tfjs !== ours.tfjs) differences.push(`TensorFlow.js is ${ours.tfjs}, not ${theirs.tfjs}`);
  return differences.length > 0 ? differences.join('; ') : undefined;
}

function hashOf(path: string): string {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(`${path}: ${missing ? 'there is no such file' : (error as Error).message}`);
  }
  return createHash('sha256').update(content).digest('hex');
}
