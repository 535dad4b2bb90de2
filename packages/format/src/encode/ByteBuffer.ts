/** Bytes that grow at the end. */
export class ByteBuffer {
  private buffer = new Uint8Array(1 << 8);
  private length = 0;

  push(byte: number): void {
    if (this.length === this.buffer.length) {
      const grown = new Uint8Array(2 * this.length);
      grown.set(this.buffer);
      this.buffer = grown;
    }
    this.buffer[this.length++] = byte;
  }

  /** Adds 1 to the number whose big-endian digits the bytes are. */
  carry(): void {
    for (let i = this.length - 1; ++this.buffer[i] === 256; i--);
  }

  /** Drops zeros at the end, `most` of them at most. */
  trimZeros(most: number): void {
    for (let i = 0; i < most && this.length > 0 && this.buffer[this.length - 1] === 0; i++) this.length--;
  }

  get size(): number {
    return this.length;
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}
