import { access, readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Sharp } from 'sharp';
import type { Pixels } from './ImageSet.js';
import { type ImageSource, MissingFileError } from './ImageSource.js';

/** Orientations of EXIF from which on width and height change places. */
const firstTurned = 5;

/**
 * Files below a folder. Images are decoded by sharp, an optional peer dependency: JPEG,
 * PNG, WebP, …
 *
 * @throws Error where sharp is not installed.
 */
export async function folderSource(folder: string): Promise<ImageSource> {
  const sharp = await loadSharp();
  const at = (path: string) => join(folder, ...path.split('/'));
  const first = async <T>(
    paths: readonly string[],
    problem: string,
    read: (file: string) => Promise<T>,
  ): Promise<T> => {
    for (const path of paths) {
      try {
        // sharp does not always say that a file is missing.
        await access(at(path));
        return await read(at(path));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT') throw new Error(`${at(path)}: ${problem} (${message}).`);
      }
    }
    throw new MissingFileError(at(paths[0]));
  };
  return {
    bytes: (path) => first([path], 'cannot be read', (file) => readFile(file)),
    size: (paths) => first(paths, 'is not an image', async (file) => shownSize(await sharp(file).metadata())),
    decode: (paths) => first(paths, 'cannot be decoded', (file) => pixelsOf(sharp(file))),
    async list(path) {
      const entries = await first([path], 'cannot be read', (file) =>
        readdir(file, { recursive: true, withFileTypes: true }),
      );
      const start = at(path).length + 1;
      const files = entries.filter((entry) => !entry.isDirectory());
      return files.map((entry) =>
        join(entry.parentPath ?? entry.path, entry.name)
          .slice(start)
          .split(sep)
          .join('/'),
      );
    },
  };
}

/**
 * Decodes an image for Detector.detect() in Node, turned as its EXIF data say.
 *
 * @param source A file's path, or a file's bytes.
 * @throws Error where sharp is not installed or cannot decode it.
 * @example
 * const cells = await detector.detect(await readImage('cells.jpg'));
 */
export async function readImage(source: string | Uint8Array): Promise<Pixels> {
  return pixelsOf((await loadSharp())(source));
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  // rotate() without an angle turns by EXIF; removing alpha leaves the colors beneath as
  // they are.
  const pixels = image.rotate().removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' });
  const { data, info } = await pixels.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function shownSize({ width, height, orientation = 1 }: { width: number; height: number; orientation?: number }) {
  return orientation < firstTurned ? { width, height } : { width: height, height: width };
}

async function loadSharp() {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new Error("Reading images in Node needs the package 'sharp': npm install sharp.", { cause: error });
  }
}
