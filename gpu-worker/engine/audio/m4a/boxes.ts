import { textAt, viewOf } from "../bytes.ts";
import { damaged, truncated } from "../faults.ts";

export const FILE = "M4A";

/** A box of ISO 14496-12: `start` is the first byte after its header. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

/**
 * Reads the boxes between two offsets. Text and other contents are never searched for types.
 *
 * @throws InputError if a box reaches beyond `to`
 */
export function readBoxes(bytes: Uint8Array, from: number, to: number): Box[] {
  const view = viewOf(bytes);
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const type = textAt(bytes, at + 4, 4);
    let size = view.getUint32(at);
    let start = at + 8;
    if (size === 1 && at + 16 <= to) {
      size = Number(view.getBigUint64(at + 8));
      start = at + 16;
    } else if (size === 0) size = to - at;
    if (size === 0 || at + size < start) throw damaged(FILE, `a box at byte ${at} has no length`);
    if (at + size > to) {
      throw to === bytes.length
        ? truncated(FILE, `${to - at} of ${size} bytes of its "${type}" box are there`)
        : damaged(FILE, `a "${type}" box is longer than the box around it`);
    }
    found.push({ type, start, end: at + size });
    at += size;
  }
  return found;
}

/** Returns the children of a box, which start `skipped` bytes after its header. */
export function childrenOf(bytes: Uint8Array, { start, end }: Box, skipped = 0): Box[] {
  return readBoxes(bytes, start + skipped, end);
}

/** Finds a box by its path of types; the first of each. */
export function findBox(bytes: Uint8Array, parent: Box, ...path: string[]): Box | undefined {
  let box: Box | undefined = parent;
  for (const type of path) {
    box = box && childrenOf(bytes, box).find((child) => child.type === type);
  }
  return box;
}

/** @throws InputError if there is no such box */
export function requireBox(bytes: Uint8Array, parent: Box, ...path: string[]): Box {
  const box = findBox(bytes, parent, ...path);
  if (!box) throw damaged(FILE, `it has no "${path.at(-1)}" box`);
  return box;
}

/** A table of a full box: 4 bytes of version and flags, then its fields. */
export class TableReader {
  private readonly view: DataView;
  private readonly name: string;
  private at: number;
  private readonly end: number;
  readonly version: number;

  constructor(bytes: Uint8Array, { type, start, end }: Box) {
    this.view = viewOf(bytes);
    this.name = type;
    this.at = start + 4;
    this.end = end;
    this.version = bytes[start] ?? 0;
  }

  /** Reads an unsigned number of 1, 2, 4 or 8 bytes. */
  read(bytes: 1 | 2 | 4 | 8): number {
    if (this.at + bytes > this.end) throw damaged(FILE, `its "${this.name}" box is cut off`);
    const at = this.at;
    this.at += bytes;
    if (bytes === 8) return Number(this.view.getBigUint64(at));
    if (bytes === 4) return this.view.getUint32(at);
    return bytes === 2 ? this.view.getUint16(at) : this.view.getUint8(at);
  }

  /** Reads a two's complement number of 4 or 8 bytes. */
  readSigned(bytes: 4 | 8): number {
    this.read(bytes);
    return bytes === 8
      ? Number(this.view.getBigInt64(this.at - 8))
      : this.view.getInt32(this.at - 4);
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /**
   * Reads a count of entries.
   *
   * @throws InputError if the box is too short for them, since a huge count would exhaust memory
   */
  readCount(entryBytes: number): number {
    const count = this.read(4);
    if (count * entryBytes > this.end - this.at) {
      throw damaged(FILE, `its "${this.name}" box promises ${count} entries`);
    }
    return count;
  }
}
