import type { Box } from './boxes.js';

export interface Detection {
  /** [x1, y1, x2, y2] in pixels of the picture given. */
  box: Box;
  class: string;
  /** Probability of the class, 0 to 1. */
  score: number;
}

export interface Proposal {
  box: Box;
  /** Probability that this is an object, 0 to 1. */
  score: number;
}
