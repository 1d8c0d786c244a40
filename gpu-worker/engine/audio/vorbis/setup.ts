import { type Codebook, readCodebook, SetupError } from "./codebook.ts";
import { bitLength, type PacketReader } from "./packet-reader.ts";

/** Limit of elements of all codebooks; libvorbis's own have about 300,000. */
const MAX_CODEBOOK_VALUES = 4_194_304;

/** A floor of type 1: a curve through points (Vorbis I, section 7). */
export interface Floor {
  partitionClasses: number[];
  classes: { dimensions: number; subclassBits: number; master: number; books: number[] }[];
  multiplier: number;
  /** Positions of the points, in coded order. */
  x: number[];
  /** Indices of the points by position. */
  order: number[];
  /** Index of the nearest point before in coded order to the left and right of each point. */
  low: number[];
  high: number[];
}

/** How residuals are coded (section 8). */
export interface Residue {
  type: number;
  begin: number;
  end: number;
  partitionSize: number;
  classifications: number;
  classBook: number;
  /** Book of classification c in pass p: books[c][p]; -1 for none. */
  books: number[][];
}

/** Which floor and residue the channels of a packet use (section 4.2.4). */
export interface Mapping {
  coupling: { magnitude: number; angle: number }[];
  /** Submap of each channel. */
  mux: number[];
  submaps: { floor: number; residue: number }[];
}

export interface Setup {
  codebooks: Codebook[];
  floors: Floor[];
  residues: Residue[];
  mappings: Mapping[];
  modes: { isLong: boolean; mapping: number }[];
}

/**
 * Reads the setup header after its seven bytes of packet type and magic.
 *
 * @throws SetupError if it is malformed
 */
export function readSetup(reader: PacketReader, channels: number): Setup {
  let budget = MAX_CODEBOOK_VALUES;
  const codebooks = list(reader.read(8) + 1, () => {
    const book = readCodebook(reader, budget);
    budget -= book.vectors?.length ?? 0;
    return book;
  });
  list(reader.read(6) + 1, () => reader.read(16));
  const floors = list(reader.read(6) + 1, () => readFloor(reader, codebooks.length));
  const residues = list(reader.read(6) + 1, () => readResidue(reader, codebooks));
  const mappings = list(reader.read(6) + 1, () =>
    readMapping(reader, channels, floors.length, residues.length),
  );
  const modes = list(reader.read(6) + 1, () => {
    const isLong = reader.read(1) === 1;
    if (reader.read(16) !== 0 || reader.read(16) !== 0) throw new SetupError("a mode is unknown");
    return { isLong, mapping: below(reader.read(8), mappings.length) };
  });
  if (reader.read(1) !== 1 || reader.isExhausted)
    throw new SetupError("the setup header ends early");
  return { codebooks, floors, residues, mappings, modes };
}

function list<T>(length: number, read: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => read(index));
}

function below(index: number, count: number): number {
  if (index >= count) throw new SetupError("it refers to a missing part");
  return index;
}

function readFloor(reader: PacketReader, books: number): Floor {
  const type = reader.read(16);
  if (type === 0) throw new SetupError("its floor is of type 0, which isn't supported");
  if (type !== 1) throw new SetupError("a floor is unknown");
  const partitionClasses = list(reader.read(5), () => reader.read(4));
  const classes = list(Math.max(-1, ...partitionClasses) + 1, () => {
    const dimensions = reader.read(3) + 1;
    const subclassBits = reader.read(2);
    const master = subclassBits > 0 ? below(reader.read(8), books) : -1;
    const subBooks = list(1 << subclassBits, () => {
      const book = reader.read(8) - 1;
      return book < 0 ? -1 : below(book, books);
    });
    return { dimensions, subclassBits, master, books: subBooks };
  });
  const multiplier = reader.read(2) + 1;
  const rangeBits = reader.read(4);
  const x = [0, 1 << rangeBits];
  for (const index of partitionClasses) {
    for (let i = 0; i < classes[index]!.dimensions; i++) x.push(reader.read(rangeBits));
  }
  if (x.length > 65 || new Set(x).size !== x.length) throw new SetupError("a floor is malformed");
  const order = x.map((_, i) => i).sort((a, b) => x[a]! - x[b]!);
  const low: number[] = [];
  const high: number[] = [];
  for (let i = 0; i < x.length; i++) {
    low.push(0);
    high.push(1);
    for (let j = 0; j < i; j++) {
      if (x[j]! < x[i]! && x[j]! > x[low[i]!]!) low[i] = j;
      if (x[j]! > x[i]! && x[j]! < x[high[i]!]!) high[i] = j;
    }
  }
  return { partitionClasses, classes, multiplier, x, order, low, high };
}

function readResidue(reader: PacketReader, codebooks: Codebook[]): Residue {
  const type = reader.read(16);
  if (type > 2) throw new SetupError("a residue is unknown");
  const begin = reader.read(24);
  const end = reader.read(24);
  const partitionSize = reader.read(24) + 1;
  const classifications = reader.read(6) + 1;
  const classBook = below(reader.read(8), codebooks.length);
  if (codebooks[classBook]!.dimensions === 0) throw new SetupError("a residue is malformed");
  const cascades = list(classifications, () => {
    const low = reader.read(3);
    return reader.read(1) === 1 ? reader.read(5) * 8 + low : low;
  });
  const books = cascades.map((cascade) =>
    list(8, (pass) => {
      if (((cascade >> pass) & 1) === 0) return -1;
      const book = below(reader.read(8), codebooks.length);
      const { vectors, dimensions } = codebooks[book]!;
      if (!vectors || dimensions === 0) throw new SetupError("a residue's codebook has no vectors");
      return book;
    }),
  );
  return { type, begin, end, partitionSize, classifications, classBook, books };
}

function readMapping(
  reader: PacketReader,
  channels: number,
  floors: number,
  residues: number,
): Mapping {
  if (reader.read(16) !== 0) throw new SetupError("a mapping is unknown");
  const submapCount = reader.read(1) === 1 ? reader.read(4) + 1 : 1;
  const channelBits = bitLength(channels - 1);
  const coupling = list(reader.read(1) === 1 ? reader.read(8) + 1 : 0, () => {
    const magnitude = below(reader.read(channelBits), channels);
    const angle = below(reader.read(channelBits), channels);
    if (magnitude === angle) throw new SetupError("a mapping couples a channel with itself");
    return { magnitude, angle };
  });
  if (reader.read(2) !== 0) throw new SetupError("a mapping is malformed");
  const mux = list(channels, () => (submapCount > 1 ? below(reader.read(4), submapCount) : 0));
  const submaps = list(submapCount, () => {
    reader.read(8);
    return { floor: below(reader.read(8), floors), residue: below(reader.read(8), residues) };
  });
  return { coupling, mux, submaps };
}
