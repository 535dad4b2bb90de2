import { type Box, check, checkKnownOptions, checkOneOf } from '@tfjs-compress/math/internal';

export interface YoloTextOptions {
  /** Names of the classes in the order of their indices. */
  classes: readonly string[];
  /** Size of the image in pixels. */
  width: number;
  height: number;
}

/**
 * An image's objects or detections as YOLO's label file: a line each, its class's index,
 * then centre, width and height of its box as parts of the image's sides.
 *
 * @throws ArgumentError for a class that is not among `classes`.
 * @example
 * writeFileSync('labels/a.txt', yoloText(detections, { classes, width: 640, height: 480 }));
 */
export function yoloText(objects: readonly { box: Box; class: string }[], options: YoloTextOptions): string {
  checkKnownOptions(options, ['classes', 'width', 'height'], 'yoloText');
  const { classes, width, height } = options;
  for (const [name, value] of Object.entries({ width, height })) check(value > 0, name, 'a size in pixels', value);
  const lines = objects.map(({ box: [x1, y1, x2, y2], class: name }) => {
    checkOneOf(name, classes, 'class');
    const parts = [(x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height];
    return `${classes.indexOf(name)} ${parts.map((part) => part.toFixed(6)).join(' ')}\n`;
  });
  return lines.join('');
}
