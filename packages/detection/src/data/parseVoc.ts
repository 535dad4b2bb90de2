import type { Box } from '@tfjs-compress/math/detection';
import type { Annotation } from './PictureSet.js';

export interface VocAnnotation {
  width: number;
  height: number;
  objects: Annotation[];
}

/** Reads one file of a VOC's Annotations folder; throws an Error that names the file where it is not one. */
export function parseVoc(xml: string, file: string): VocAnnotation {
  const root = inner(xml, 'annotation');
  if (root === undefined) throw new Error(`${file}: not a VOC annotation (no complete <annotation> element).`);
  const size = inner(root, 'size');
  const objects = [...root.matchAll(/<object(?:\s[^>]*)?>([\s\S]*?)<\/object\s*>/g)].map(([, object]): Annotation => {
    const bounds = inner(object, 'bndbox');
    const name = inner(object, 'name');
    if (bounds === undefined || name === undefined) throw new Error(`${file}: an <object> without <name> or <bndbox>.`);
    const box = ['xmin', 'ymin', 'xmax', 'ymax'].map((tag) => number(bounds, tag, file)) as Box;
    return { box, class: unescape(name.trim()), difficult: inner(object, 'difficult')?.trim() === '1' };
  });
  if (size === undefined) throw new Error(`${file}: no <size>.`);
  return { width: number(size, 'width', file), height: number(size, 'height', file), objects };
}

function inner(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}(?:\\s[^>]*)?>([\\s\\S]*?)</${tag}\\s*>`).exec(xml)?.[1];
}

function number(xml: string, tag: string, file: string): number {
  const text = inner(xml, tag)?.trim();
  const value = Number(text);
  if (!text || !Number.isFinite(value)) throw new Error(`${file}: <${tag}> is '${text ?? ''}', not a number.`);
  return value;
}

const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

function unescape(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (entity) => entities[entity]);
}
