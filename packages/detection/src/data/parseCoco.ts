import type { Annotation } from './ImageSet.js';

type Id = number | string;

interface CocoFile {
  images: { id: Id; file_name: string; width?: number; height?: number }[];
  annotations: { image_id: Id; category_id: Id; bbox: number[]; area?: number; iscrowd?: 0 | 1 | boolean }[];
  categories: { id: Id; name: string }[];
}

export interface CocoImage {
  id: Id;
  name: string;
  size?: { width: number; height: number };
  objects: Annotation[];
}

/**
 * Reads the text of a COCO instances file: classes in the order of their ids, boxes [x,
 * y, width, height] as corners. Ids may be numbers or strings, 7 being the same as '7'.
 */
export function parseCoco(text: string, file: string) {
  const { images: entries, annotations, categories } = parse(text, file);
  const sorted = [...categories].sort((a, b) => compareIds(a.id, b.id));
  const names = byId(sorted, `${file}: categories`, ({ name }, where) => {
    if (typeof name !== 'string' || name === '') throw new Error(`${where} has no name.`);
    return name;
  });
  const classes = sorted.map(({ name }) => name);
  const twice = classes.find((name, i) => classes.indexOf(name) < i);
  if (twice !== undefined) throw new Error(`${file}: two categories have the name '${twice}'.`);
  const images = byId(entries, `${file}: images`, ({ id, file_name, width = 0, height = 0 }, where): CocoImage => {
    if (typeof file_name !== 'string' || file_name === '') throw new Error(`${where} has no file_name.`);
    return { id, name: file_name, ...(width > 0 && height > 0 && { size: { width, height } }), objects: [] };
  });
  annotations.forEach(({ image_id, category_id, bbox, area, iscrowd }, i) => {
    const where = `${file}: annotations[${i}]`;
    const image = images.get(String(image_id));
    const name = names.get(String(category_id));
    if (!image) throw new Error(`${where} belongs to image ${image_id}, which is not among the images.`);
    if (name === undefined) throw new Error(`${where} has category ${category_id}, which has no name.`);
    if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every(Number.isFinite)) {
      throw new Error(`${where}: bbox is ${JSON.stringify(bbox)}, not four numbers.`);
    }
    const [x, y, width, height] = bbox;
    const crowd = iscrowd === 1 || iscrowd === true;
    image.objects.push({ box: [x, y, x + width, y + height], class: name, area, crowd });
  });
  const categoryIds = Object.fromEntries(sorted.map(({ id, name }) => [name, id]));
  return { classes, categoryIds, images: [...images.values()] };
}

/** What `make` gives for each, by its id. Throws where ids are missing or come twice. */
function byId<T extends { id: Id }, R>(list: T[], where: string, make: (each: T, where: string) => R): Map<string, R> {
  const made = new Map<string, R>();
  list.forEach((each, i) => {
    const { id } = each;
    if (!Number.isFinite(id) && typeof id !== 'string') throw new Error(`${where}[${i}] has no id.`);
    if (made.has(String(id))) throw new Error(`${where}[${i}] has the id ${id}, which another one has, too.`);
    made.set(String(id), make(each, `${where}[${i}]`));
  });
  return made;
}

function compareIds(a: Id, b: Id): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? (String(a) < String(b) ? -1 : 1) : x - y;
}

function parse(text: string, file: string): CocoFile {
  let parsed: Partial<CocoFile>;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message}).`);
  }
  for (const key of ['images', 'annotations', 'categories'] as const) {
    const list = parsed?.[key];
    const areObjects = Array.isArray(list) && list.every((each) => typeof each === 'object' && each !== null);
    if (!areObjects) throw new Error(`${file}: not COCO's instances (no list '${key}').`);
  }
  return parsed as CocoFile;
}
