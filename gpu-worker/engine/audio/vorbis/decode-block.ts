import { bitLength, type PacketReader } from "./packet-reader.ts";
import type { Floor, Mapping, Residue, Setup } from "./setup.ts";

const FLOOR_RANGES = [256, 128, 86, 64] as const;

/** Amplitude of floor values 0 to 255: steps of 140 / 256 dB up to 1 (Vorbis I, section 10.1). */
const FLOOR_AMPLITUDES = Float32Array.from(
  { length: 256 },
  (_, i) => 10 ** (((i - 255) * 140) / 256 / 20),
);

/**
 * Decodes the spectra of an audio packet (Vorbis I, section 4.3) after its mode and window flags.
 *
 * @param half coefficients per channel
 * @param spectra one per channel, written up to `half`
 */
export function decodeSpectra(
  reader: PacketReader,
  setup: Setup,
  mapping: Mapping,
  half: number,
  spectra: Float32Array[],
): void {
  const curves = spectra.map((_, channel) => {
    const submap = mapping.submaps[mapping.mux[channel]!]!;
    return readFloorPoints(reader, setup, setup.floors[submap.floor]!);
  });
  const isSilent = curves.map((curve) => curve === null);
  for (const { magnitude, angle } of mapping.coupling) {
    if (!isSilent[magnitude] || !isSilent[angle]) {
      isSilent[magnitude] = false;
      isSilent[angle] = false;
    }
  }
  for (const spectrum of spectra) spectrum.fill(0, 0, half);
  for (const [index, submap] of mapping.submaps.entries()) {
    const channels = spectra.flatMap((_, channel) =>
      mapping.mux[channel] === index ? [channel] : [],
    );
    readResidue(
      reader,
      setup,
      setup.residues[submap.residue]!,
      channels.map((channel) => spectra[channel]!),
      channels.map((channel) => isSilent[channel]!),
      half,
    );
  }
  for (const { magnitude, angle } of mapping.coupling.toReversed()) {
    decouple(spectra[magnitude]!, spectra[angle]!, half);
  }
  for (const [channel, spectrum] of spectra.entries()) {
    const curve = curves[channel]!;
    const submap = mapping.submaps[mapping.mux[channel]!]!;
    if (curve) applyFloor(setup.floors[submap.floor]!, curve, spectrum, half);
    else spectrum.fill(0, 0, half);
  }
}

/** Reads the points of a floor curve (section 7.2.3); null for silence. */
function readFloorPoints(
  reader: PacketReader,
  { codebooks }: Setup,
  floor: Floor,
): number[] | null {
  if (reader.read(1) === 0) return null;
  const bits = bitLength(FLOOR_RANGES[floor.multiplier - 1]! - 1);
  const points = [reader.read(bits), reader.read(bits)];
  for (const index of floor.partitionClasses) {
    const { dimensions, subclassBits, master, books } = floor.classes[index]!;
    let selector = subclassBits > 0 ? codebooks[master]!.readEntry(reader) : 0;
    if (selector < 0) return null;
    for (let i = 0; i < dimensions; i++) {
      const book = books[selector & ((1 << subclassBits) - 1)]!;
      selector >>= subclassBits;
      const value = book < 0 ? 0 : codebooks[book]!.readEntry(reader);
      if (value < 0) return null;
      points.push(value);
    }
  }
  return reader.isExhausted ? null : points;
}

/** Multiplies the spectrum by the floor curve (section 7.2.4). */
function applyFloor(floor: Floor, points: number[], spectrum: Float32Array, half: number): void {
  const { x, low, high, order, multiplier } = floor;
  const range = FLOOR_RANGES[multiplier - 1]!;
  const y = points.slice(0, 2);
  const isUsed = [true, true];
  for (let i = 2; i < points.length; i++) {
    const [l, h] = [low[i]!, high[i]!];
    const predicted = interpolate(x[l]!, y[l]!, x[h]!, y[h]!, x[i]!);
    const value = points[i]!;
    isUsed[i] = value !== 0;
    if (value === 0) {
      y[i] = predicted;
      continue;
    }
    isUsed[l] = true;
    isUsed[h] = true;
    const above = range - predicted;
    if (value >= 2 * Math.min(above, predicted)) {
      y[i] = above > predicted ? value : predicted - value + above - 1;
    } else {
      y[i] = value % 2 === 1 ? predicted - (value + 1) / 2 : predicted + value / 2;
    }
  }
  let [fromX, fromY] = [0, y[order[0]!]! * multiplier];
  for (const i of order.slice(1)) {
    if (!isUsed[i]) continue;
    const [toX, toY] = [x[i]!, y[i]! * multiplier];
    multiplyLine(spectrum, half, fromX, fromY, toX, toY);
    [fromX, fromY] = [toX, toY];
  }
  if (fromX < half) multiplyLine(spectrum, half, fromX, fromY, half, fromY);
}

function interpolate(x0: number, y0: number, x1: number, y1: number, x: number): number {
  const difference = y1 - y0;
  const offset = Math.floor((Math.abs(difference) * (x - x0)) / (x1 - x0));
  return difference < 0 ? y0 - offset : y0 + offset;
}

/** Multiplies by the amplitudes along a line, in the integer steps of section 9.2.7. */
function multiplyLine(
  spectrum: Float32Array,
  half: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): void {
  const width = x1 - x0;
  const base = Math.trunc((y1 - y0) / width);
  const step = y1 < y0 ? base - 1 : base + 1;
  const remainder = Math.abs(y1 - y0) - Math.abs(base) * width;
  const end = Math.min(x1, half);
  for (let x = x0, y = y0, error = 0; x < end; x++) {
    spectrum[x]! *= FLOOR_AMPLITUDES[Math.min(255, Math.max(0, y))]!;
    error += remainder;
    if (error >= width) {
      error -= width;
      y += step;
    } else y += base;
  }
}

/** Adds the residual vectors to the spectra (section 8.6). Stops at the end of the packet. */
function readResidue(
  reader: PacketReader,
  setup: Setup,
  residue: Residue,
  spectra: Float32Array[],
  isSilent: boolean[],
  half: number,
): void {
  const isInterleaved = residue.type === 2;
  if (isSilent.every(Boolean)) return;
  const count = spectra.length;
  const targets = isInterleaved ? [new Float32Array(half * count)] : spectra;
  const size = isInterleaved ? half * count : half;
  const skips = isInterleaved ? [false] : isSilent;
  const begin = Math.min(residue.begin, size);
  const end = Math.min(residue.end, size);
  const { partitionSize, classifications } = residue;
  const classBook = setup.codebooks[residue.classBook]!;
  const partitions = Math.floor((end - begin) / partitionSize);
  const classes = targets.map(() => new Uint8Array(partitions + classBook.dimensions));
  const readAll = (): void => {
    for (let pass = 0; pass < 8; pass++) {
      for (let partition = 0; partition < partitions; ) {
        if (pass === 0) {
          for (const [t, skip] of skips.entries()) {
            if (skip) continue;
            let entry = classBook.readEntry(reader);
            if (entry < 0) return;
            for (let i = classBook.dimensions - 1; i >= 0; i--) {
              classes[t]![partition + i] = entry % classifications;
              entry = Math.floor(entry / classifications);
            }
          }
        }
        for (let i = 0; i < classBook.dimensions && partition < partitions; i++, partition++) {
          for (const [t, skip] of skips.entries()) {
            if (skip) continue;
            const book = residue.books[classes[t]![partition]!]![pass]!;
            if (book < 0) continue;
            const at = begin + partition * partitionSize;
            if (!addVectors(reader, setup, residue, book, targets[t]!, at)) return;
          }
        }
      }
    }
  };
  readAll();
  if (!isInterleaved) return;
  for (let c = 0; c < count; c++) {
    for (let i = 0; i < half; i++) spectra[c]![i] = targets[0]![i * count + c]!;
  }
}

/** Adds the vectors of one partition. Returns false at the end of the packet. */
function addVectors(
  reader: PacketReader,
  { codebooks }: Setup,
  { type, partitionSize }: Residue,
  book: number,
  target: Float32Array,
  at: number,
): boolean {
  const { dimensions, vectors, readEntry } = codebooks[book]!;
  const steps = Math.floor(partitionSize / dimensions);
  for (let step = 0; step < steps; step++) {
    const entry = readEntry(reader);
    if (entry < 0) return false;
    const from = entry * dimensions;
    if (type === 0) {
      for (let d = 0; d < dimensions; d++) target[at + step + d * steps]! += vectors![from + d]!;
    } else {
      const to = at + step * dimensions;
      for (let d = 0; d < dimensions; d++) target[to + d]! += vectors![from + d]!;
    }
  }
  return true;
}

/** Turns magnitude and angle into two channels (section 4.3.5). */
function decouple(magnitudes: Float32Array, angles: Float32Array, half: number): void {
  for (let i = 0; i < half; i++) {
    const m = magnitudes[i]!;
    const a = angles[i]!;
    if (m > 0) {
      if (a > 0) angles[i] = m - a;
      else {
        angles[i] = m;
        magnitudes[i] = m + a;
      }
    } else if (a > 0) angles[i] = m + a;
    else {
      angles[i] = m;
      magnitudes[i] = m - a;
    }
  }
}
