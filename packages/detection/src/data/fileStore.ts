import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from '@tfjs-compress/math/internal';
import type { LevelStore } from './LevelStore.js';

/**
 * A folder for cachedBatches() to keep in what the trunk gave, where that is more than
 * memory holds: a file of float32 for each image and mirrored copy. What is there already
 * is only read, so that a run that was ended goes on. A folder is for one trunk, size of
 * images and set, in one order: it is not checked that the files were made of them.
 *
 * @param folder Made where there is none.
 * @throws ArgumentError for an empty path, and from reading for a file that was cut.
 * @example
 * const batches = await cachedBatches(detector, set, { flips: ['horizontal'], store: fileStore('levels') });
 */
export function fileStore(folder: string): LevelStore {
  check(typeof folder === 'string' && folder !== '', 'folder', 'the path of a folder', folder);
  const pathOf = (key: string) => join(folder, `${key}.f32`);
  return {
    async read(key) {
      if (!existsSync(pathOf(key))) return undefined;
      const bytes = await readFile(pathOf(key));
      check(bytes.length % 4 === 0, 'store', `a file of float32 values at ${pathOf(key)}`, `${bytes.length} bytes`);
      // Copied, for a Buffer may begin anywhere.
      return new Float32Array(new Uint8Array(bytes).buffer);
    },
    async write(key, values) {
      await mkdir(folder, { recursive: true });
      const path = pathOf(key);
      await writeFile(`${path}.tmp`, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      await rename(`${path}.tmp`, path);
    },
  };
}
