import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PictureSource } from './PictureSource.js';

/** Files below a folder. Pictures are decoded by sharp, an optional peer dependency: JPEG, PNG, WebP, … */
export function folderSource(folder: string): PictureSource {
  const at = (path: string) => join(folder, ...path.split('/'));
  const named = <T>(path: string, what: Promise<T>, problem: string) =>
    what.catch((error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' || /missing/.test(error.message);
      throw new Error(`${at(path)}: ${missing ? 'missing' : `${problem} (${error.message})`}.`);
    });
  return {
    text: (path) => named(path, readFile(at(path), 'utf8'), 'cannot be read'),
    async check(path) {
      const sharp = await loadSharp();
      const { width, height } = await named(path, sharp(at(path)).metadata(), 'is no picture');
      return { width, height };
    },
    async decode(path) {
      const sharp = await loadSharp();
      const pixels = sharp(at(path)).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
      const { data, info } = await named(path, pixels, 'cannot be decoded');
      return { data, width: info.width, height: info.height };
    },
  };
}

async function loadSharp() {
  try {
    return (await import('sharp')).default;
  } catch {
    throw new Error("Reading pictures in Node needs the package 'sharp': npm install sharp.");
  }
}
