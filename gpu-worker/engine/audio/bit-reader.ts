/**
 * Reads big-endian bit fields. Past the end it returns zeros; compare `position` with `end` to
 * notice.
 */
export class BitReader {
  /** Bits from the start of `bytes`. */
  position: number;
  readonly bytes: Uint8Array;
  /** Position after the last bit. */
  readonly end: number;

  /** @param start first byte to read; `end` is the byte after the last */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start * 8;
    this.end = end * 8;
  }

  /** Returns the next 32 bits as an unsigned number, without advancing. */
  peek32(): number {
    const { bytes, position } = this;
    const at = position >>> 3;
    const shift = position & 7;
    const high =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
    if (shift === 0) return high >>> 0;
    return ((high << shift) | ((bytes[at + 4] ?? 0) >> (8 - shift))) >>> 0;
  }

  /** Reads an unsigned number of 0 to 32 bits. */
  read(bits: number): number {
    if (bits === 0) return 0;
    const value = this.peek32() >>> (32 - bits);
    this.position += bits;
    return value;
  }

  /** Reads a two's complement number of 1 to 32 bits. */
  readSigned(bits: number): number {
    if (bits === 0) return 0;
    const value = (this.peek32() | 0) >> (32 - bits);
    this.position += bits;
    return value;
  }

  /** Counts zeros up to the next one and skips both. Returns -1 if there is no further one. */
  readUnary(): number {
    let zeros = 0;
    while (this.position < this.end) {
      const window = this.peek32();
      if (window !== 0) {
        const leading = Math.clz32(window);
        this.position += leading + 1;
        return zeros + leading;
      }
      zeros += 32;
      this.position += 32;
    }
    return -1;
  }

  skip(bits: number): void {
    this.position += bits;
  }

  alignToByte(): void {
    this.position = (this.position + 7) & ~7;
  }
}
