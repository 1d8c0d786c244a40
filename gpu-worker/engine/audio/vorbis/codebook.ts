import { bitLength, type PacketReader } from "./packet-reader.ts";

const SYNC = 0x564342;
/** Codes up to this length are found by one look-up. */
const FAST_BITS = 10;

/** Thrown for a malformed setup header; the message says what is malformed. */
export class SetupError extends Error {}

/** A Huffman code and the vectors that its entries stand for (Vorbis I, section 3). */
export interface Codebook {
  dimensions: number;
  /** Reads an entry number; -1 at the end of the packet. */
  readEntry(reader: PacketReader): number;
  /** Entry e stands for vectors[e x dimensions] and those that follow; null without look-up. */
  vectors: Float32Array | null;
}

/**
 * Reads a codebook of the setup header.
 *
 * @param maxValues limit of vector elements, since a few bytes can stand for millions of them
 * @throws SetupError if it is malformed or too large
 */
export function readCodebook(reader: PacketReader, maxValues: number): Codebook {
  if (reader.read(24) !== SYNC) throw new SetupError("a codebook is missing");
  const dimensions = reader.read(16);
  const entries = reader.read(24);
  if (entries * Math.max(1, dimensions) > maxValues)
    throw new SetupError("a codebook is too large");
  const lengths = readLengths(reader, entries);
  const readEntry = createEntryReader(lengths);
  return { dimensions, readEntry, vectors: readVectors(reader, entries, dimensions) };
}

function readLengths(reader: PacketReader, entries: number): Uint8Array {
  const lengths = new Uint8Array(entries);
  if (reader.read(1) === 0) {
    const isSparse = reader.read(1) === 1;
    for (let i = 0; i < entries; i++) {
      if (!isSparse || reader.read(1) === 1) lengths[i] = reader.read(5) + 1;
    }
    return lengths;
  }
  for (let i = 0, length = reader.read(5) + 1; i < entries; length++) {
    const count = reader.read(bitLength(entries - i));
    if (i + count > entries || length > 32) throw new SetupError("a codebook has invalid lengths");
    lengths.fill(length, i, i + count);
    i += count;
  }
  return lengths;
}

/** Assigns each entry the lowest free code of its length and builds the look-up of codes. */
function createEntryReader(lengths: Uint8Array): (reader: PacketReader) => number {
  const used = lengths.reduce((sum, length) => sum + (length > 0 ? 1 : 0), 0);
  // Node n has children tree[2n] and tree[2n + 1]: 0 none, above another node, below -entry - 1.
  const tree: number[] = [0, 0];
  const fast = new Int32Array(1 << FAST_BITS).fill(-1);
  // free[l] is the next free code of length l, left-aligned in 32 bits; -1 if there is none.
  const free = new Float64Array(33).fill(-1);
  free[0] = 0;
  for (let entry = 0; entry < lengths.length; entry++) {
    const length = lengths[entry]!;
    if (length === 0) continue;
    let from = length;
    while (from >= 0 && free[from] === -1) from--;
    if (from < 0) throw new SetupError("a codebook has too many codes");
    const code = free[from]!;
    free[from] = -1;
    for (let l = from + 1; l <= length; l++) free[l] = code + 2 ** (32 - l);
    insert(code, length, entry);
  }
  if (used > 1 && free.some((code) => code !== -1)) {
    throw new SetupError("a codebook has unused codes");
  }

  function insert(code: number, length: number, entry: number): void {
    let node = 0;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) {
      const branch = Math.floor(code / 2 ** (31 - bit)) % 2;
      if (bit < FAST_BITS) reversed |= branch << bit;
      const slot = 2 * node + branch;
      if (bit === length - 1) tree[slot] = -entry - 1;
      else {
        if (tree[slot] === 0) {
          tree[slot] = tree.length / 2;
          tree.push(0, 0);
        }
        node = tree[slot]!;
      }
    }
    if (length > FAST_BITS) return;
    for (let i = reversed; i < fast.length; i += 1 << length) fast[i] = entry * 32 + length;
  }

  if (used === 1) {
    // A lone entry is read with one bit of either value.
    tree[1] = tree[0]!;
    fast.fill(fast[0]!);
  }
  const nodes = Int32Array.from(tree);
  return (reader) => {
    const hit = fast[reader.peek24() & ((1 << FAST_BITS) - 1)]!;
    if (hit >= 0) {
      reader.position += hit & 31;
      return reader.isExhausted ? -1 : hit >> 5;
    }
    for (let node = 0; ; ) {
      const next = nodes[2 * node + reader.read(1)]!;
      if (next === 0 || reader.isExhausted) return -1;
      if (next < 0) return -next - 1;
      node = next;
    }
  };
}

/** A 32-bit float of the setup header (section 9.2.2). */
function readFloat(reader: PacketReader): number {
  const bits = reader.read(32);
  const mantissa = bits % 2 ** 21;
  const exponent = Math.floor(bits / 2 ** 21) % 1024;
  return (bits >= 2 ** 31 ? -mantissa : mantissa) * 2 ** (exponent - 788);
}

function readVectors(
  reader: PacketReader,
  entries: number,
  dimensions: number,
): Float32Array | null {
  const type = reader.read(4);
  if (type === 0) return null;
  if (type > 2) throw new SetupError("a codebook has an unknown look-up");
  const minimum = readFloat(reader);
  const delta = readFloat(reader);
  const bits = reader.read(4) + 1;
  const isSequence = reader.read(1) === 1;
  const count = type === 1 ? latticeSize(entries, dimensions) : entries * dimensions;
  const multiplicands = Float64Array.from({ length: count }, () => reader.read(bits));
  const vectors = new Float32Array(entries * dimensions);
  for (let entry = 0; entry < entries; entry++) {
    let last = 0;
    let divisor = 1;
    for (let d = 0; d < dimensions; d++) {
      const index = type === 1 ? Math.floor(entry / divisor) % count : entry * dimensions + d;
      const value = multiplicands[index]! * delta + minimum + last;
      if (isSequence) last = value;
      vectors[entry * dimensions + d] = value;
      divisor *= count;
    }
  }
  return vectors;
}

/** The greatest number whose power of `dimensions` is at most `entries`. */
function latticeSize(entries: number, dimensions: number): number {
  let size = Math.max(1, Math.floor(entries ** (1 / dimensions)));
  while ((size + 1) ** dimensions <= entries) size++;
  while (size > 1 && size ** dimensions > entries) size--;
  return size;
}
