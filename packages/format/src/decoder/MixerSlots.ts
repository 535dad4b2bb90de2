/** Slots that a list of those touched since the last cleaning has room for; beyond it all are cleaned. */
const room = 1 << 16;

/**
 * The adaptive probabilities behind a mixer. A tensor of one element may ask for a million of them: they are kept from one tensor to
 * the next, and only those that were touched are set back, so that a tensor costs what its elements cost.
 */
export class MixerSlots {
  p = new Float32Array(0);
  n = new Uint8Array(0);
  readonly touched = new Int32Array(room);
  count = 0;

  /** Makes `size` slots, each at 1/2 and untouched. */
  clean(size: number): void {
    if (this.p.length < size) {
      this.p = new Float32Array(size).fill(0.5);
      this.n = new Uint8Array(size);
    } else if (this.count < room) {
      for (let i = 0; i < this.count; i++) {
        this.p[this.touched[i]] = 0.5;
        this.n[this.touched[i]] = 0;
      }
    } else {
      this.p.fill(0.5);
      this.n.fill(0);
    }
    this.count = 0;
  }

  /** To be called for a slot that no bit has been coded in. */
  touch(slot: number): void {
    if (this.count < room) this.touched[this.count++] = slot;
  }
}
