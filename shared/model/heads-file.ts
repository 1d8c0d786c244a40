import { HeadFormatError, headBytes, type LinearHead, MAX_FEATURES } from "./linear-head.ts";

/**
 * `heads.safetensors`: the heads of all listeners of one encoder, in the safetensors format
 * (https://huggingface.co/docs/safetensors): uint64 length of a JSON header, the header, the numbers.
 * There is one tensor, `heads`, float32 [listeners, features + 1]; a row is a listener's weights, then
 * the bias.
 */

/** Larger files are rejected. */
export const MAX_HEADS_BYTES = 64 * 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
const LENGTH_BYTES = 8;
const TENSOR = "heads";

/** The heads as one matrix. */
export interface Heads {
  listeners: number;
  features: number;
  /** Returns the bytes of a row; their SHA-256 is the head's version. */
  bytesOf(row: number): Uint8Array;
}

/**
 * Writes heads, one a row.
 *
 * @throws RangeError if there are no heads, or they differ in length
 */
export function encodeHeads(heads: readonly LinearHead[]): Uint8Array<ArrayBuffer> {
  const features = heads[0]?.weights.length ?? 0;
  if (features === 0 || heads.some(({ weights }) => weights.length !== features)) {
    throw new RangeError("a heads file needs at least one head, all of the same length");
  }
  const rowBytes = 4 * (features + 1);
  const bytesOfAll = heads.length * rowBytes;
  const entry = {
    dtype: "F32",
    shape: [heads.length, features + 1],
    data_offsets: [0, bytesOfAll],
  };
  const json = JSON.stringify({ [TENSOR]: entry });
  // The format pads the header with spaces to align the numbers to 8 bytes.
  const header = json.padEnd(Math.ceil(json.length / 8) * 8, " ");
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + bytesOfAll);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  for (let i = 0; i < header.length; i++) bytes[LENGTH_BYTES + i] = header.charCodeAt(i);
  heads.forEach((head, row) => {
    bytes.set(headBytes(head), LENGTH_BYTES + header.length + row * rowBytes);
  });
  return bytes;
}

/**
 * Reads an untrusted heads file.
 *
 * @throws HeadFormatError with the reason
 */
export function decodeHeads(bytes: Uint8Array): Heads {
  if (bytes.length > MAX_HEADS_BYTES) {
    throw new HeadFormatError(
      `the heads file has ${bytes.length} bytes; at most ${MAX_HEADS_BYTES} are allowed`,
    );
  }
  if (bytes.length < LENGTH_BYTES)
    throw new HeadFormatError("the file is not safetensors: it is too short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > Math.min(MAX_HEADER_BYTES, bytes.length - LENGTH_BYTES)) {
    throw new HeadFormatError(
      `the file is not safetensors: its header would have ${headerLength} bytes`,
    );
  }
  const start = LENGTH_BYTES + headerLength;
  const [listeners, width] = shapeIn(bytes.subarray(LENGTH_BYTES, start), bytes.length - start);
  const rowBytes = 4 * width;
  for (let position = start; position < bytes.length; position += 4) {
    if (Number.isFinite(view.getFloat32(position, true))) continue;
    const row = Math.floor((position - start) / rowBytes);
    throw new HeadFormatError(`the head in row ${row} has a number that is not finite`);
  }
  return {
    listeners,
    features: width - 1,
    bytesOf(row) {
      if (row < 0 || row >= listeners) throw new RangeError(`there is no head in row ${row}`);
      return bytes.subarray(start + row * rowBytes, start + (row + 1) * rowBytes);
    },
  };
}

/** @param dataBytes number of bytes after the header; the one tensor must cover them all */
function shapeIn(header: Uint8Array, dataBytes: number): [listeners: number, width: number] {
  let json: unknown;
  try {
    json = JSON.parse(String.fromCharCode(...header));
  } catch (cause) {
    throw new HeadFormatError("the header of the heads file is not JSON", { cause });
  }
  const tensors = isRecord(json) ? Object.keys(json).filter((name) => name !== "__metadata__") : [];
  const entry = isRecord(json) ? json[TENSOR] : null;
  if (tensors.length !== 1 || !isRecord(entry)) {
    throw new HeadFormatError(`the file must hold one tensor, "${TENSOR}"`);
  }
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== "F32") throw new HeadFormatError(`"${TENSOR}" must be float32 (F32)`);
  if (!isPair(shape) || shape[0] < 1 || shape[1] < 2 || shape[1] > MAX_FEATURES + 1) {
    throw new HeadFormatError(
      `"${TENSOR}" must have the shape [listeners, features + 1], with at most ${MAX_FEATURES} features`,
    );
  }
  if (4 * shape[0] * shape[1] !== dataBytes) {
    throw new HeadFormatError(
      `"${TENSOR}" of the shape [${shape.join(", ")}] needs ${4 * shape[0] * shape[1]} bytes, but the file has ${dataBytes}`,
    );
  }
  if (!isPair(offsets) || offsets[0] !== 0 || offsets[1] !== dataBytes) {
    throw new HeadFormatError(`"${TENSOR}" must cover all bytes after the header`);
  }
  return shape;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): value is [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((each) => Number.isSafeInteger(each) && each >= 0)
  );
}
