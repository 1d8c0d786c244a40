/** Reads little-endian bit fields of a Vorbis packet (Vorbis I, section 2). */
export class PacketReader {
  readonly bytes: Uint8Array;
  /** Bits from the start. */
  position = 0;
  /** Position after the last bit. */
  readonly end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length * 8;
  }

  /** True once more bits were read than the packet has; those were zeros. */
  get isExhausted(): boolean {
    return this.position > this.end;
  }

  /** Reads an unsigned number of 0 to 32 bits. */
  read(bits: number): number {
    const value = bits > 24 ? this.peek24() + this.peekAfter24(bits - 24) : this.peek24();
    this.position += bits;
    return bits > 24 ? value : value & ((1 << bits) - 1);
  }

  /** Returns the next 24 bits without advancing. */
  peek24(): number {
    const { bytes } = this;
    const at = this.position >>> 3;
    const low =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    return (low >>> (this.position & 7)) & 0xffffff;
  }

  private peekAfter24(bits: number): number {
    this.position += 24;
    const value = this.peek24() & ((1 << bits) - 1);
    this.position -= 24;
    return value * 2 ** 24;
  }
}

/** Bits that the number needs: ilog of the specification (section 9.2.1). */
export function bitLength(value: number): number {
  return value <= 0 ? 0 : 32 - Math.clz32(value);
}
