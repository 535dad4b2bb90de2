/**
 * The adaptive probabilities behind a mixer. A tensor of one element may ask for a
 * million of them: they are kept from one tensor to the next, and a slot is set back when
 * it is next looked at, so that a tensor costs what its elements cost.
 */
export class MixerSlots {
  p = new Float32Array(0);
  /**
   * `start` + how many bits a slot has seen; less than `start` for a slot that is to be
   * set back.
   */
  seen = new Int32Array(0);
  start = 0;

  /** Makes `size` slots, each at 1/2, of which no bit has been seen. */
  reset(size: number): void {
    this.start += 256;
    if (size <= this.p.length) return;
    this.p = new Float32Array(size);
    this.seen = new Int32Array(size);
  }
}
