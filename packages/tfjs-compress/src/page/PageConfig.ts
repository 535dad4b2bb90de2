/** What the command tells the page about the model. */
export interface PageConfig {
  inputs: PageInput[];
  outputs: PageOutput[];
  range: ValueRange;
  /** Null: the page has the compressed file and the runtime. */
  frozen: FrozenPlan | null;
  /**
   * Of the whole page; of the model and the runtime, compressed, before they became text.
   */
  bytes: { page: number; model: number; runtime: number };
}

/**
 * How to run a model that is in the page as a WebAssembly module and what its memory
 * begins with, one after the other.
 */
export interface FrozenPlan {
  /** Bytes of the module. */
  module: number;
  pages: number;
  program: number;
  inputs: Place[];
  outputs: Place[];
}

/** Numbers in memory. */
interface Place {
  address: number;
  length: number;
}

export type PageInput = {
  name: string;
  /** Of one example, the batch included; null where it follows from the numbers. */
  shape: number[] | null;
} & (ImageInput | NumbersInput);

export interface ImageInput {
  kind: 'image';
  height: number;
  width: number;
  channels: 1 | 3;
}

export interface NumbersInput {
  kind: 'numbers';
  /** Null where the model takes any number of them. */
  count: number | null;
}

export interface PageOutput {
  name: string;
  /** Of each value; null for their indexes. */
  labels: string[] | null;
}

/** What black and white are to the model. */
export const valueRanges = { '0..1': [0, 1], '-1..1': [-1, 1], '0..255': [0, 255] } as const;

export type ValueRange = keyof typeof valueRanges;
