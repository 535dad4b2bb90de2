import type { Pixels } from './PictureSet.js';

/** Where the readers take files from: a folder in Node, a URL in the browser. Paths have '/' between their parts. */
export interface PictureSource {
  /** The text of a file; throws an Error that names it. */
  text(path: string): Promise<string>;
  /** Throws an Error that names the file where it is missing or no picture; gives its size where that is cheap to know. */
  check(path: string): Promise<{ width: number; height: number } | undefined>;
  /** Decodes a picture; throws an Error that names it. */
  decode(path: string): Promise<Pixels>;
}
