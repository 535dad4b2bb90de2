import type { Box } from '@tfjs-compress/math/internal';
import { decodeXml } from './decodeText.js';
import type { Annotation } from './ImageSet.js';
import { childrenOf, parseXml, textOf, type XmlElement } from './parseXml.js';

export interface VocAnnotation {
  /** Of the image, where it is said. */
  filename?: string;
  /**
   * Missing where there is none, or zeros: tools that do not open the image write those.
   */
  size?: { width: number; height: number };
  objects: Annotation[];
}

/**
 * Reads one file of a VOC's Annotations folder; throws an Error that names the file where
 * it is not one. Only direct children count: parts of objects and attributes have names
 * and boxes of their own.
 */
export function parseVoc(bytes: Uint8Array, file: string): VocAnnotation {
  const root = parseXml(decodeXml(bytes, file), file);
  if (root.name !== 'annotation') throw new Error(`${file}: not a VOC annotation, but <${root.name}>.`);
  const objects = childrenOf(root, 'object').map((object, i): Annotation => {
    const [bounds] = childrenOf(object, 'bndbox');
    const name = textOf(object, 'name');
    if (!bounds || !name) throw new Error(`${file}: <object> ${i + 1} has no <${bounds ? 'name' : 'bndbox'}>.`);
    const box = ['xmin', 'ymin', 'xmax', 'ymax'].map((tag) => numberOf(bounds, tag, file)) as Box;
    return { box, class: name, difficult: /^(1|true)$/i.test(textOf(object, 'difficult') ?? '') };
  });
  return { filename: textOf(root, 'filename') || undefined, size: sizeOf(root, file), objects };
}

function sizeOf(root: XmlElement, file: string) {
  const [size] = childrenOf(root, 'size');
  if (!size) return undefined;
  const [width, height] = ['width', 'height'].map((tag) => numberOf(size, tag, file));
  return width > 0 && height > 0 ? { width, height } : undefined;
}

function numberOf(parent: XmlElement, tag: string, file: string): number {
  const text = textOf(parent, tag);
  const value = Number(text);
  if (!text || !Number.isFinite(value)) throw new Error(`${file}: <${tag}> is '${text ?? ''}', not a number.`);
  return value;
}
