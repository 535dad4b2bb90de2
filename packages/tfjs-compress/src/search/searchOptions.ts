/** Options of a search that decide its result, as plain JSON. */
export interface SearchOptions {
  /**
   * How much of the given model's score, on `evaluate`, may be lost. The smallest file
   * within it is looked for. Default .005, unless one of the other two is given.
   */
  maxLoss?: number;
  /** Bytes of the file. The highest score within them is looked for. */
  maxBytes?: number;
  /** Multiplications for one example by weights that are not 0: the highest score within them. */
  maxMultiplyAdds?: number;
  /**
   * When to end, as long as trials go on: the time is looked at after each epoch, and a
   * search that is stopped and gone on with counts all of its parts. Default: no limit.
   */
  minutes?: number;
  /** How many trials. Default 24; with `minutes` as many as there is time for. */
  trials?: number;
  /** Epochs of a long trial, pruning and quantization together; first ones are shorter. Default 24. */
  epochs?: number;
  /** Default 0. */
  seed?: number;
}
