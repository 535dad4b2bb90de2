import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { version_core } from '@tensorflow/tfjs-core';

const { version } = createRequire(import.meta.url)('tfjs-compress/package.json') as { version: string };

/** What two processes must have in common to run trials of one search. */
export interface JobVersions {
  /** SHA-256 of the module's file and of the files that it imports by a relative path. */
  module: string;
  tfjsCompress: string;
  tfjs: string;
}

/** The versions of the job module at `path`, which is not loaded for it. */
export function versionsOf(path: string): JobVersions {
  return { module: hashOf(path), tfjsCompress: version, tfjs: version_core };
}

/**
 * What two processes do not have in common, in words; undefined when they may work
 * together.
 */
export function differenceOf(theirs: JobVersions, ours: JobVersions): string | undefined {
  const differences = [];
  if (theirs.module !== ours.module) differences.push('the text of the module, or of a file that it imports, differs');
  if (theirs.tfjsCompress !== ours.tfjsCompress)
    differences.push(`tfjs-compress is ${ours.tfjsCompress}, not ${theirs.tfjsCompress}`);
  if (theirs.tfjs !== ours.tfjs) differences.push(`TensorFlow.js is ${ours.tfjs}, not ${theirs.tfjs}`);
  return differences.length > 0 ? differences.join('; ') : undefined;
}

/**
 * Of a file and of the files that it imports by a relative path, and so on. What packages
 * hold is left to their versions.
 */
function hashOf(path: string): string {
  const hash = createHash('sha256');
  const seen = new Set([resolve(path)]);
  // A set goes on with what is added meanwhile. Copies in other folders have the same
  // order.
  for (const file of seen) {
    const content = file === resolve(path) ? readModule(path) : readFileSync(file);
    hash.update(`${content.length} `).update(content);
    for (const imported of importsOf(content.toString(), file)) seen.add(imported);
  }
  return hash.digest('hex');
}

/**
 * Whatever looks like an import, also in a comment: such a file only has to be the same
 * everywhere.
 */
function importsOf(text: string, file: string): string[] {
  const matches = text.matchAll(/\b(?:from|import)\s*\(?\s*(['"`])(\.{1,2}\/[^'"`]+)\1/g);
  return [...matches].map(([, , path]) => resolve(dirname(file), path)).filter(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readModule(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(`${path}: ${missing ? 'there is no such file' : (error as Error).message}`);
  }
}
