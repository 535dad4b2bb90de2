import { type CocoOptions, cocoSet } from './cocoSet.js';
import type { PictureSet } from './PictureSet.js';
import { type VocOptions, vocSet } from './vocSet.js';
import { webSource } from './webSource.js';

/** readVoc for the browser: `url` is what Annotations, ImageSets and JPEGImages lie under. Pictures are fetched when they are needed. */
export function fetchVoc(url: string, options: VocOptions): Promise<PictureSet> {
  return vocSet(webSource(url), options);
}

/** readCoco for the browser. */
export function fetchCoco(annotationsUrl: string, picturesUrl: string, options?: CocoOptions): Promise<PictureSet> {
  const cut = annotationsUrl.lastIndexOf('/') + 1;
  const annotations = webSource(annotationsUrl.slice(0, cut) || './');
  return cocoSet(annotations, annotationsUrl.slice(cut), webSource(picturesUrl), options);
}
