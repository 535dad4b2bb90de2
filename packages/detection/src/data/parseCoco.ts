import type { AnnotatedPicture, Annotation } from './PictureSet.js';

interface CocoFile {
  images: { id: number; file_name: string; width: number; height: number }[];
  annotations: { image_id: number; category_id: number; bbox: number[]; area?: number; iscrowd?: 0 | 1 }[];
  categories: { id: number; name: string }[];
}

/** Reads the text of a COCO instances file: classes in the order of their ids, boxes [x, y, width, height] as corners. */
export function parseCoco(
  text: string,
  file: string,
): { classes: string[]; pictures: Omit<AnnotatedPicture, 'load'>[] } {
  const { images, annotations, categories } = parse(text, file);
  const sorted = [...categories].sort((a, b) => a.id - b.id);
  const names = new Map(sorted.map(({ id, name }) => [id, name]));
  const objects = new Map<number, Annotation[]>(images.map(({ id }) => [id, []]));
  annotations.forEach(({ image_id, category_id, bbox, area, iscrowd }, i) => {
    const where = `${file}: annotations[${i}]`;
    const list = objects.get(image_id);
    const name = names.get(category_id);
    if (!list) throw new Error(`${where} belongs to image ${image_id}, which is not among the images.`);
    if (name === undefined) throw new Error(`${where} has category ${category_id}, which has no name.`);
    if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every(Number.isFinite)) {
      throw new Error(`${where}: bbox is ${JSON.stringify(bbox)}, not four numbers.`);
    }
    const [x, y, width, height] = bbox;
    list.push({ box: [x, y, x + width, y + height], class: name, area, crowd: iscrowd === 1 });
  });
  return {
    classes: sorted.map(({ name }) => name),
    pictures: images.map(({ id, file_name, width, height }) => ({
      name: file_name,
      width,
      height,
      objects: objects.get(id) as Annotation[],
    })),
  };
}

function parse(text: string, file: string): CocoFile {
  let parsed: Partial<CocoFile>;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message}).`);
  }
  for (const key of ['images', 'annotations', 'categories'] as const) {
    if (!Array.isArray(parsed?.[key])) throw new Error(`${file}: not COCO's instances (no list '${key}').`);
  }
  return parsed as CocoFile;
}
