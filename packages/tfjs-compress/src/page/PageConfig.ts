/** What the command tells the page about the model. */
export interface PageConfig {
  inputs: PageInput[];
  outputs: PageOutput[];
  range: ValueRange;
  /** Of the whole page, of the .tfz file, and of the runtime as it is in the page. */
  bytes: { page: number; model: number; runtime: number };
}

export type PageInput = {
  name: string;
  /** Of one example, the batch included; null where it follows from the numbers. */
  shape: number[] | null;
} & (PictureInput | NumbersInput);

export interface PictureInput {
  kind: 'picture';
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
