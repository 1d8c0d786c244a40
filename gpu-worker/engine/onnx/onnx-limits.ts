import { InputError } from "../input-error.ts";

export const MAX_ONNX_BYTES = 64 * 1024 * 1024;
export const MAX_NODES = 4096;

/** Limit of fields in all messages together; a decoder makes an object of each. */
const MAX_FIELDS = 400_000;

/** Limit of numbers written one by one instead of as raw bytes, which a decoder would box. */
const MAX_UNPACKED_NUMBERS = 2_000_000;

/** The contents of a message's field that matter for the limits. */
type Field = { message: keyof typeof SCHEMA } | { bytesEach: number } | { forbidden: string };

const SUBGRAPH: Field = { forbidden: "control flow (If, Loop, Scan)" };
const SPARSE: Field = { forbidden: "sparse tensors" };
const NOT_A_TENSOR: Field = { forbidden: "sequences, maps or optional values" };

/** Field numbers of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). */
const SCHEMA: Record<string, Record<number, Field>> = {
  model: {
    7: { message: "graph" },
    8: { message: "leaf" },
    14: { message: "leaf" },
    20: { forbidden: "training graphs" },
    25: { forbidden: "local functions" },
  },
  graph: {
    1: { message: "node" },
    5: { message: "tensor" },
    11: { message: "value" },
    12: { message: "value" },
    13: { message: "value" },
    14: { forbidden: "quantization annotations" },
    15: SPARSE,
  },
  node: { 5: { message: "attribute" } },
  attribute: {
    5: { message: "tensor" },
    6: SUBGRAPH,
    7: { bytesEach: 4 },
    8: { bytesEach: 1 },
    10: { message: "tensor" },
    11: SUBGRAPH,
    14: { message: "type" },
    15: { message: "type" },
    22: SPARSE,
    23: SPARSE,
  },
  tensor: {
    1: { bytesEach: 1 },
    3: { message: "leaf" },
    4: { bytesEach: 4 },
    5: { bytesEach: 1 },
    7: { bytesEach: 1 },
    10: { bytesEach: 8 },
    11: { bytesEach: 1 },
    13: { forbidden: "weights outside of the file (external data): save it as one file" },
  },
  value: { 2: { message: "type" } },
  type: {
    1: { message: "tensorType" },
    4: NOT_A_TENSOR,
    5: NOT_A_TENSOR,
    7: NOT_A_TENSOR,
    8: SPARSE,
    9: NOT_A_TENSOR,
  },
  tensorType: { 2: { message: "shape" } },
  shape: { 1: { message: "leaf" } },
  leaf: {},
};

/**
 * Walks the protocol buffer of an ONNX file without decoding it, because a few megabytes of empty
 * messages would decode to gigabytes of objects. Rejects files that are more than one plain graph with
 * its weights inside.
 *
 * @throws InputError if the bytes are not ONNX, too many, or use an unsupported feature
 */
export function checkOnnxLimits(bytes: Uint8Array): void {
  if (bytes.length > MAX_ONNX_BYTES) {
    throw new InputError(
      `the model has ${bytes.length} bytes; at most ${MAX_ONNX_BYTES} are read (64 MB)`,
    );
  }
  let position = 0;
  let fields = 0;
  let numbers = 0;
  let nodes = 0;
  let graphs = 0;

  function varint(end: number): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= end) break;
      const byte = bytes[position++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed(position);
  }

  function message(name: string, end: number): void {
    while (position < end) {
      const tag = varint(end);
      const number = Math.floor(tag / 8);
      if (++fields > MAX_FIELDS) throw tooMuch(`${MAX_FIELDS} fields`);
      const field = SCHEMA[name]![number];
      if (field && "forbidden" in field) {
        throw new InputError(`the model uses ${field.forbidden}, which are not supported`);
      }
      const wireType = tag % 8;
      if (wireType === 0) varint(end);
      else if (wireType === 1) position += 8;
      else if (wireType === 5) position += 4;
      else if (wireType === 2) contents(field, varint(end), end);
      else throw malformed(position);
      if (position > end) throw malformed(end);
    }
  }

  function contents(field: Field | undefined, length: number, end: number): void {
    const stop = position + length;
    if (stop > end) throw malformed(position);
    if (field && "message" in field) {
      if (field.message === "node" && ++nodes > MAX_NODES) throw tooMuch(`${MAX_NODES} operators`);
      if (field.message === "graph" && ++graphs > 1) {
        throw new InputError("the model holds more than one graph");
      }
      message(field.message, stop);
    } else if (field && "bytesEach" in field) {
      numbers += length / field.bytesEach;
      if (numbers > MAX_UNPACKED_NUMBERS) {
        throw tooMuch(`${MAX_UNPACKED_NUMBERS} numbers outside of raw_data`);
      }
    }
    position = stop;
  }

  message("model", bytes.length);
  if (graphs === 0) throw new InputError("the file is not an ONNX model: it has no graph");
}

function malformed(position: number): InputError {
  return new InputError(
    `the file is not an ONNX model, or it is damaged: byte ${position} can't be read`,
  );
}

function tooMuch(limit: string): InputError {
  return new InputError(`the model is too large: it has more than ${limit}`);
}
