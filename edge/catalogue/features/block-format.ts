/**
 * A block of pooled features, `features/<encoder version>/<block>.bin`: the features of up to
 * {@link ROWS_PER_BLOCK} tracks, each beside the hash of its sound. Rows are only appended, so a row can
 * be read by its byte range alone. The layout is documented in docs/storage.md.
 */

/** 512 KiB at 128 features: quick to rewrite, and few enough blocks to read them all. */
export const ROWS_PER_BLOCK = 1024;

const MAGIC = "LEMONSFB";
const VERSION = 1;
const HEADER_BYTES = 64;
const HASH_BYTES = 32;

/** Bytes that are no block of features, or a block of another encoder. */
export class FeatureBlockError extends Error {
  override readonly name = "FeatureBlockError";
}

/** The features of one track. */
export interface FeatureRow {
  /** SHA-256 of the sound, in hexadecimal. */
  soundSha256: string;
  features: Float32Array;
}

/** A decoded block. */
export interface FeatureBlock {
  rows: number;
  /** All features, row by row. */
  matrix: Float32Array;
  /** Returns the hash of a row's sound, in hexadecimal. */
  soundOf(row: number): string;
}

/** Returns the byte range of a row. */
export function rowRange(features: number, row: number): { offset: number; length: number } {
  const length = HASH_BYTES + 4 * features;
  return { offset: HEADER_BYTES + row * length, length };
}

/**
 * Appends rows to a block.
 *
 * @param block as stored, or null for a new one
 * @returns the whole new block
 * @throws FeatureBlockError if `block` is no block of that encoder
 * @throws RangeError if the rows don't fit
 */
export function appendRows(
  block: Uint8Array | null,
  encoder: { version: string; features: number },
  rows: readonly FeatureRow[],
): Uint8Array<ArrayBuffer> {
  const before = block === null ? 0 : readHeader(block, encoder);
  const after = before + rows.length;
  if (after > ROWS_PER_BLOCK) throw new RangeError(`a block has at most ${ROWS_PER_BLOCK} rows`);
  const bytes = new Uint8Array(rowRange(encoder.features, after).offset);
  if (block !== null) bytes.set(block);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, encoder.features, true);
  view.setUint32(16, after, true);
  bytes.set(bytesOfHex(encoder.version), 32);
  rows.forEach(({ soundSha256, features }, index) => {
    if (features.length !== encoder.features) {
      throw new RangeError(`a row has ${encoder.features} features, not ${features.length}`);
    }
    const { offset } = rowRange(encoder.features, before + index);
    bytes.set(bytesOfHex(soundSha256), offset);
    features.forEach((feature, i) => {
      view.setFloat32(offset + HASH_BYTES + 4 * i, feature, true);
    });
  });
  return bytes;
}

/**
 * Decodes a block.
 *
 * @throws FeatureBlockError if the bytes are no complete block of that encoder
 */
export function readBlock(
  bytes: Uint8Array,
  encoder: { version: string; features: number },
): FeatureBlock {
  const rows = readHeader(bytes, encoder);
  const { features } = encoder;
  const matrix = new Float32Array(rows * features);
  for (let row = 0; row < rows; row++) {
    readFeatures(rowBytes(bytes, features, row), matrix, row * features, features);
  }
  return { rows, matrix, soundOf: (row) => readSound(rowBytes(bytes, features, row)) };
}

/**
 * Decodes one row.
 *
 * @param bytes the byte range of the row
 * @throws FeatureBlockError if it is cut short
 */
export function readRow(bytes: Uint8Array): FeatureRow {
  const count = (bytes.length - HASH_BYTES) / 4;
  if (!Number.isInteger(count) || count < 1) throw new FeatureBlockError("the row is cut short");
  const features = new Float32Array(count);
  readFeatures(bytes, features, 0, count);
  return { soundSha256: readSound(bytes), features };
}

// Plain loops: a pass over 100,000 tracks reads 12.8 million numbers and 3.2 million bytes of hashes.
function readFeatures(row: Uint8Array, into: Float32Array, at: number, count: number): void {
  const view = new DataView(row.buffer, row.byteOffset + HASH_BYTES, 4 * count);
  for (let i = 0; i < count; i++) into[at + i] = view.getFloat32(4 * i, true);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function readSound(row: Uint8Array): string {
  let hex = "";
  for (let i = 0; i < HASH_BYTES; i++) hex += HEX[row[i]!];
  return hex;
}

function rowBytes(bytes: Uint8Array, features: number, row: number): Uint8Array {
  const { offset, length } = rowRange(features, row);
  return bytes.subarray(offset, offset + length);
}

/** @returns the number of rows */
function readHeader(bytes: Uint8Array, encoder: { version: string; features: number }): number {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (bytes.length < HEADER_BYTES || magic !== MAGIC) {
    throw new FeatureBlockError("the file is not a block of features");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [version, features, rows] = [8, 12, 16].map((offset) => view.getUint32(offset, true));
  const encoderVersion = bytes.subarray(32, HEADER_BYTES);
  if (version !== VERSION)
    throw new FeatureBlockError(`the block has the unsupported version ${version}`);
  if (
    features !== encoder.features ||
    !bytesOfHex(encoder.version).every((byte, i) => byte === encoderVersion[i])
  ) {
    throw new FeatureBlockError("the block belongs to another encoder");
  }
  if (rows! > ROWS_PER_BLOCK || bytes.length !== rowRange(features, rows!).offset) {
    throw new FeatureBlockError(`the block has ${bytes.length} bytes, which isn't ${rows} rows`);
  }
  return rows!;
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}
