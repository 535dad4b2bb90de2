import { mkdirSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import { plainFiles } from '@tfjs-compress/format/internal';

/**
 * Writes a model, as a compressed file when the path ends in .tfz, else as a plain
 * folder. Returns the bytes written.
 */
export function writeModel(
  path: string,
  artifacts: io.ModelArtifacts,
  onProgress?: (fraction: number) => void,
): number {
  if (path.endsWith('.tfz')) {
    const bytes = pack(artifacts, { onProgress });
    writeWhole([[path, bytes]]);
    return bytes.length;
  }
  const files = Object.entries(plainFiles(artifacts));
  writeWhole(files.map(([name, content]) => [join(path, name), content]));
  return files.reduce((sum, [, content]) => sum + Buffer.byteLength(content), 0);
}

/**
 * Throws an Error where a model could not be written: better before the work than after
 * it.
 */
export function checkOutput(path: string): void {
  if (path.endsWith('.tfz')) checkFile(path);
  else if (statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Error(`${path}: this is a file, expected a folder to write the model to, or a name ending in .tfz.`);
}

/** Throws an Error where a file could not be written. */
export function checkFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`${path}: this is a folder, expected a file to write.`);
}

/**
 * All files whole or none of them: each is written under a temporary name beside it, and
 * only then they take their names. A symbolic link stays, what it points to is written.
 */
export function writeWhole(files: [path: string, content: Uint8Array | string][]): void {
  const written: { temporary: string; target: string }[] = [];
  // Ctrl-C waits for these few moments, so that nothing half written or temporary stays.
  const end = () => process.exit(130);
  process.once('SIGINT', end);
  try {
    for (const [path, content] of files) {
      const target = behindLinks(path);
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory())
        throw Object.assign(new Error('a folder'), { code: 'EISDIR', path });
      mkdirSync(dirname(target), { recursive: true });
      const temporary = `${target}.${process.pid}.tmp`;
      written.push({ temporary, target });
      writeFileSync(temporary, content, { flush: true });
    }
    for (const { temporary, target } of written) renameSync(temporary, target);
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    const { code, message, path: failing } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      EACCES: 'no permission to write there',
      EROFS: 'the file system is read-only',
      ENOSPC: 'no space is left on the device',
      EISDIR: 'this is a folder',
      ENOTDIR: 'a part of the path is a file, not a folder',
      EEXIST: 'a part of the path is a file, not a folder',
    };
    const path = files.some(([each]) => each === failing) ? failing : files[Math.max(0, written.length - 1)][0];
    throw new Error(`${path}: cannot be written: ${reasons[code ?? ''] ?? message}.`);
  } finally {
    // A signal that came meanwhile is delivered after this turn.
    setImmediate(() => process.off('SIGINT', end));
  }
}

function behindLinks(path: string): string {
  let target = resolve(path);
  for (let links = 0; links < 40; links++) {
    try {
      target = resolve(dirname(target), readlinkSync(target));
    } catch {
      return target;
    }
  }
  throw new Error(`${path}: too many symbolic links.`);
}
