import type { Box } from '@tfjs-compress/math/detection';

/** An object in a picture. */
export interface Annotation {
  /** [x1, y1, x2, y2] in pixels. */
  box: Box;
  class: string;
  /** VOC's mark for what need not be found: not trained on, not counted in evaluation. */
  difficult?: boolean;
  /** COCO's mark for a crowd: detections in it count neither way. */
  crowd?: boolean;
  /** Area of the object itself in pixels, where known (COCO); else the box's. */
  area?: number;
}

/** Values 0 … 255, row by row, three a pixel: red, green, blue. */
export interface Pixels {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}

export interface AnnotatedPicture {
  name: string;
  width: number;
  height: number;
  objects: Annotation[];
  /** Reads and decodes the picture. */
  load(): Promise<Pixels>;
}

export interface PictureSet {
  classes: string[];
  pictures: AnnotatedPicture[];
}
