/** A file made to cost its reader more than it should, its checksum right. */
export interface Attack {
  /** The file; made only when asked for, which may take a second. */
  file(): Uint8Array;
  /** What the reader allows. Default: 2^26. */
  maxBytes?: number;
  /**
   * The error that unpack must end in; an attack without one may be accepted, within the
   * bounds of SPEC.md.
   */
  refused?: RegExp;
}

export type Attacks = Record<string, Attack>;
