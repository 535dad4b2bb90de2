import type { Pixels } from './ImageSet.js';

/**
 * Where the readers take files from: a folder in Node, an address in the browser. Paths
 * have '/' between their parts. Errors name the file.
 */
export interface ImageSource {
  bytes(path: string): Promise<Uint8Array>;
  /**
   * The size of the first of those images that is there, as it is shown; undefined where
   * only decoding would tell.
   */
  size(paths: readonly string[]): Promise<{ width: number; height: number } | undefined>;
  /**
   * Decodes the first of those images that is there, and turns it as its EXIF data say.
   */
  decode(paths: readonly string[]): Promise<Pixels>;
  /** The files below a folder, by their paths in it; on the web nobody knows. */
  list?(folder: string): Promise<string[]>;
}

/** A file that is not there. */
export class MissingFileError extends Error {
  override name = 'MissingFileError';
  constructor(file: string) {
    super(`${file}: missing.`);
  }
}

/** Extensions of images; the first is VOC's. */
export const extensions = ['.jpg', '.jpeg', '.png', '.webp', '.bmp', '.gif', '.tif', '.tiff', '.avif'];

/** `folder` may be '' or '.', for the top. */
export function join(folder: string, path: string): string {
  return [...folder.split('/'), ...path.split(/[\\/]/)].filter((part) => part !== '' && part !== '.').join('/');
}

/** 'a/b.c.png' → ['a/b.c', '.png']. */
export function splitExtension(path: string): [stem: string, extension: string] {
  const [extension] = /\.[^./\\]*$/.exec(path) ?? [''];
  return [path.slice(0, path.length - extension.length), extension];
}
