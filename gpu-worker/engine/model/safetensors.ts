import { z } from "zod";
import { InputError } from "../input-error.ts";
import { type FloatTensor, sizeOf } from "../onnx/tensors.ts";

/** Largest file that is read. */
export const MAX_SAFETENSORS_BYTES = 512 * 1024 * 1024;

/** Largest header, which is decoded as JSON. */
export const MAX_HEADER_BYTES = 4 * 1024 * 1024;

const LENGTH_BYTES = 8;

/** Alignment of the tensors; the header is padded with spaces. */
const ALIGNMENT = 8;

const ELEMENTS = { F32: Float32Array, F64: Float64Array, I64: BigInt64Array };

const Entry = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(8),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type Entry = z.infer<typeof Entry>;

/** A tensor in row-major order; `dims` [] is a scalar. */
export type SafeTensor =
  | ({ dtype: "F32" } & FloatTensor)
  | { dtype: "F64"; dims: readonly number[]; data: Float64Array<ArrayBuffer> }
  | { dtype: "I64"; dims: readonly number[]; data: BigInt64Array<ArrayBuffer> };

export interface Safetensors {
  metadata: Record<string, string>;
  tensors: Map<string, SafeTensor>;
}

/**
 * Reads a safetensors file that is not trusted. As the format demands, tensors must fill the file
 * without gaps or overlaps.
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @throws InputError saying what is wrong
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length > MAX_SAFETENSORS_BYTES) {
    throw damaged(`has ${bytes.length} bytes; at most ${MAX_SAFETENSORS_BYTES} are read`);
  }
  if (bytes.length < LENGTH_BYTES) throw damaged("is shorter than its header's length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > MAX_HEADER_BYTES) {
    throw damaged(`says that its header has ${headerBytes} bytes; at most ${MAX_HEADER_BYTES}`);
  }
  const start = LENGTH_BYTES + Number(headerBytes);
  if (start > bytes.length) throw damaged("ends inside of its header");
  const { __metadata__: metadata, ...entries } = headerOf(bytes.subarray(LENGTH_BYTES, start));
  return {
    metadata: metadataOf(metadata ?? {}),
    tensors: tensorsOf(entries, bytes.subarray(start)),
  };
}

/**
 * Reads a safetensors file that contains only float32 tensors.
 *
 * @throws InputError if it contains other tensors, or is damaged
 */
export function readFloatTensors(bytes: Uint8Array): {
  metadata: Record<string, string>;
  tensors: Map<string, FloatTensor>;
} {
  const { metadata, tensors } = readSafetensors(bytes);
  const floats = new Map<string, FloatTensor>();
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== "F32") throw damaged(`holds "${name}" as ${tensor.dtype}, not as F32`);
    floats.set(name, { dims: tensor.dims, data: tensor.data });
  }
  return { metadata, tensors: floats };
}

/** Writes float32 tensors in the order of the map, so the same tensors give the same bytes. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = Object.keys(metadata).length
    ? [["__metadata__", metadata]]
    : [];
  let end = 0;
  for (const [name, { dims, data }] of tensors) {
    if (name === "__metadata__" || data.length !== sizeOf(dims)) {
      throw new Error(
        `"${name}" cannot be written: ${data.length} numbers as [${dims.join(", ")}]`,
      );
    }
    const from = end;
    end += data.byteLength;
    header.push([name, { dtype: "F32", shape: dims, data_offsets: [from, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = LENGTH_BYTES + Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + end).fill(0x20, LENGTH_BYTES, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  bytes.set(json, LENGTH_BYTES);
  let position = start;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

function headerOf(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InputError("the safetensors file's header is not JSON", { cause: error });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw damaged("has a header that is not an object");
  }
  return header as Record<string, unknown>;
}

// Not a zod record, which silently drops a name like "__proto__".
function metadataOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw damaged("has metadata that are not an object");
  }
  if (!Object.values(value).every((text) => typeof text === "string")) {
    throw damaged("has metadata that are not text");
  }
  return value as Record<string, string>;
}

function tensorsOf(entries: Record<string, unknown>, body: Uint8Array): Map<string, SafeTensor> {
  const checked = Object.entries(entries).map(([name, entry]) => checkedEntry(name, entry));
  let end = 0;
  for (const { name, entry } of checked.toSorted((a, b) => orderOf(a.entry, b.entry))) {
    if (entry.data_offsets[0] !== end) throw damaged(`has a hole or an overlap before "${name}"`);
    end = entry.data_offsets[1];
  }
  if (end !== body.length) {
    throw damaged(`has ${body.length} bytes of tensors; its header needs ${end}`);
  }
  return new Map(checked.map(({ name, entry, dtype }) => [name, tensorOf(entry, dtype, body)]));
}

function orderOf({ data_offsets: a }: Entry, { data_offsets: b }: Entry): number {
  return a[0] - b[0] || a[1] - b[1];
}

function checkedEntry(name: string, value: unknown) {
  const result = Entry.safeParse(value);
  if (!result.success) throw damaged(`does not describe its tensor "${name}" as the format does`);
  const entry = result.data;
  const { dtype, shape, data_offsets } = entry;
  if (!isElement(dtype)) {
    throw damaged(`holds "${name}" as ${dtype}; read are ${Object.keys(ELEMENTS).join(", ")}`);
  }
  const needed = sizeOf(shape) * ELEMENTS[dtype].BYTES_PER_ELEMENT;
  const stated = data_offsets[1] - data_offsets[0];
  if (needed !== stated) {
    throw damaged(`gives "${name}" [${shape.join(", ")}] ${stated} bytes; it needs ${needed}`);
  }
  return { name, entry, dtype };
}

function isElement(dtype: string): dtype is keyof typeof ELEMENTS {
  return Object.hasOwn(ELEMENTS, dtype);
}

function tensorOf(entry: Entry, dtype: keyof typeof ELEMENTS, body: Uint8Array): SafeTensor {
  // An aligned copy. `slice` wouldn't copy a Buffer.
  const { buffer } = new Uint8Array(body.subarray(...entry.data_offsets));
  return { dtype, dims: entry.shape, data: new ELEMENTS[dtype](buffer) } as SafeTensor;
}

function damaged(what: string): InputError {
  return new InputError(`the safetensors file ${what}`);
}
