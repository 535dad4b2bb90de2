import type { Box } from '@tfjs-compress/math/internal';

/** An object in an image. */
export interface Annotation {
  /** [x1, y1, x2, y2] in pixels of the image as it is shown, EXIF orientation applied. */
  box: Box;
  class: string;
  /** VOC's mark for what need not be found: not trained on, not counted in evaluation. */
  difficult?: boolean;
  /** COCO's mark for a crowd: not trained on; detections in it count neither way. */
  crowd?: boolean;
  /** Area of the object itself in pixels, where known (COCO); else the box's. */
  area?: number;
}

/** Bytes row by row: red, green, blue, or with alpha (ImageData), which is left out. */
export interface Pixels {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}

export interface AnnotatedImage {
  name: string;
  /** Size in pixels as the image is shown, EXIF orientation applied. */
  width: number;
  height: number;
  objects: Annotation[];
  /** Reads and decodes the image. */
  load(): Promise<Pixels>;
  /** COCO's. */
  id?: number | string;
}

/** What a reader left out, and why. */
export interface Skipped {
  /** Of the image. */
  name: string;
  reason: string;
}

export interface ImageSet {
  classes: string[];
  images: AnnotatedImage[];
  /** Images and boxes that 'skip' left out. */
  skipped?: Skipped[];
  /** COCO's ids of the classes. */
  categoryIds?: Record<string, number | string>;
}
