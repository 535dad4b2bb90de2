import type { Annotation } from './ImageSet.js';

/**
 * An object before the image's size is known: [left, top, right, bottom] as parts of its
 * sides.
 */
export interface YoloObject {
  box: [number, number, number, number];
  class: string;
}

/**
 * Reads a YOLO label file: a line an object, its class's index, then centre, width and
 * height of its box, or the corners of a polygon around it, all as parts of the image's
 * sides.
 */
export function parseYolo(text: string, file: string, classes: readonly string[]): YoloObject[] {
  const lines = text.split(/\r?\n|\r/).map((line) => line.trim());
  return lines.flatMap((line, i): YoloObject[] => {
    if (line === '') return [];
    const where = `${file}: line ${i + 1}`;
    const [index, ...values] = line.split(/\s+/).map(Number);
    if (![index, ...values].every(Number.isFinite)) throw new Error(`${where} is '${line}', not numbers.`);
    if (!Number.isInteger(index) || classes[index] === undefined) {
      throw new Error(`${where} has class ${index}; there are ${classes.length} (0 to ${classes.length - 1}).`);
    }
    // Rounding of what tools write may exceed the sides by a little.
    if (values.some((value) => value < -0.01 || value > 1.01)) {
      throw new Error(`${where} is '${line}': expected parts of the image's sides, 0 to 1.`);
    }
    const box = values.length === 4 ? boxOf(values) : polygonBox(values);
    if (!box) throw new Error(`${where} has ${values.length} numbers behind the class, not 4 or those of a polygon.`);
    return [{ box, class: classes[index] }];
  });
}

/** In pixels. */
export function yoloObjects(objects: readonly YoloObject[], width: number, height: number): Annotation[] {
  return objects.map(({ box: [x1, y1, x2, y2], class: name }) => ({
    box: [x1 * width, y1 * height, x2 * width, y2 * height],
    class: name,
  }));
}

function boxOf([x, y, width, height]: number[]): YoloObject['box'] {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

function polygonBox(values: number[]): YoloObject['box'] | undefined {
  if (values.length < 6 || values.length % 2 > 0) return undefined;
  const [xs, ys] = [0, 1].map((axis) => values.filter((_, i) => i % 2 === axis));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
