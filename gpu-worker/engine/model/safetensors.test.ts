import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FloatTensor } from "../onnx/tensors.ts";
import {
  MAX_HEADER_BYTES,
  readFloatTensors,
  readSafetensors,
  writeSafetensors,
} from "./safetensors.ts";

const tensor: fc.Arbitrary<FloatTensor> = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
  .chain((dims) =>
    fc
      .float32Array({
        minLength: dims.reduce((a, b) => a * b, 1),
        maxLength: dims.reduce((a, b) => a * b, 1),
      })
      .map((data) => ({ dims, data: Float32Array.from(data) })),
  );

/** A file of this header and so many bytes of tensors. */
function file(header: unknown, bodyBytes: number, headerBytes?: bigint): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + bodyBytes);
  new DataView(bytes.buffer).setBigUint64(0, headerBytes ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const f32 = (shape: unknown, from: number, to: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [from, to],
});

describe("writeSafetensors", () => {
  it("writes what readFloatTensors reads, whatever the names", () => {
    const names = fc.string().filter((name) => name !== "__metadata__");
    fc.assert(
      fc.property(
        fc.dictionary(names, tensor),
        fc.dictionary(fc.string(), fc.string()),
        (tensors, metadata) => {
          const written = new Map(Object.entries(tensors));
          const read = readFloatTensors(writeSafetensors(written, metadata));
          expect(read.tensors).toEqual(written);
          expect(Object.entries(read.metadata)).toEqual(
            Object.keys(metadata).length ? Object.entries(metadata) : [],
          );
        },
      ),
    );
  });

  it("keeps the name of a property of JavaScript objects", () => {
    const scalar = { dims: [], data: Float32Array.of(1) };
    const tensors = new Map([["__proto__", scalar]]);
    const metadata = Object.fromEntries([["__proto__", "a name like any other"]]);
    const read = readFloatTensors(writeSafetensors(tensors, metadata));
    expect(read.tensors).toEqual(tensors);
    expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
  });

  it("aligns tensors to eight bytes and keeps numbers bit for bit", () => {
    const data = Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY);
    const bytes = writeSafetensors(new Map([["a", { dims: [2, 2], data }]]));
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(start % 8).toBe(0);
    expect(new Float32Array(bytes.buffer, start)).toEqual(data);
  });

  it("refuses a tensor whose shape doesn't match its length", () => {
    const wrong = new Map([["a", { dims: [3], data: new Float32Array(2) }]]);
    expect(() => writeSafetensors(wrong)).toThrow("cannot be written");
  });
});

describe("readSafetensors", () => {
  it("reads PyTorch's float64 and int64, at any offset of a buffer", () => {
    const header = {
      a: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
      b: { dtype: "F64", shape: [2], data_offsets: [8, 24] },
    };
    const inside = file(header, 24);
    const view = new DataView(inside.buffer, inside.length - 24);
    view.setBigInt64(0, 7n, true);
    view.setFloat64(16, 0.5, true);
    const shifted = new Uint8Array(inside.length + 3);
    shifted.set(inside, 3);
    expect(readSafetensors(Buffer.from(shifted.buffer, 3))).toEqual(readSafetensors(inside));
    const { tensors } = readSafetensors(shifted.subarray(3));
    expect(tensors.get("a")?.data).toEqual(BigInt64Array.of(7n));
    expect(tensors.get("b")).toEqual({ dtype: "F64", dims: [2], data: Float64Array.of(0, 0.5) });
    expect(() => readFloatTensors(inside)).toThrow('holds "a" as I64, not as F32');
  });

  it.each([
    ["nothing", new Uint8Array(3), "shorter than its header's length"],
    ["a cut header", file("{}", 0, 100n), "ends inside of its header"],
    ["an enormous header", file("{}", 0, 2n ** 63n), `at most ${MAX_HEADER_BYTES}`],
    ["no JSON", file("{a}", 0), "not JSON"],
    ["broken UTF-8", Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), "not JSON"],
    ["a list", file([], 0), "not an object"],
    ["metadata of numbers", file({ __metadata__: { a: 1 } }, 0), "metadata that are not text"],
    ["a negative size", file({ a: f32([-1], 0, 4) }, 4), 'describe its tensor "a"'],
    ["a size that is no integer", file({ a: f32([1.5], 0, 6) }, 6), 'describe its tensor "a"'],
    ["an unknown field", file({ a: { ...f32([1], 0, 4), b: 1 } }, 4), 'describe its tensor "a"'],
    ["a prototype", file('{"__proto__":{"dtype":"F32"}}', 0), 'its tensor "__proto__"'],
    ["an unknown type", file({ a: { ...f32([1], 0, 4), dtype: "constructor" } }, 4), "holds"],
    ["a shape of other length", file({ a: f32([2], 0, 4) }, 4), '"a" [2] 4 bytes; it needs 8'],
    ["sizes that overflow", file({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), "it needs"],
    ["offsets backwards", file({ a: f32([1], 8, 4) }, 8), '"a" [1] -4 bytes'],
    ["shared bytes", file({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4), "hole or an overlap"],
    ["a hole", file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), "hole or an overlap"],
    ["a tensor outside", file({ a: f32([2], 0, 8) }, 4), "4 bytes of tensors; its header"],
    ["bytes left over", file({ a: f32([1], 0, 4) }, 5), "5 bytes of tensors; its header"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  it("returns tensors or an InputError for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.json(), (bytes, json) => {
        for (const each of [bytes, file(json, 8)]) {
          try {
            readSafetensors(each);
          } catch (error) {
            expect(error).toHaveProperty("name", "InputError");
          }
        }
      }),
    );
  });
});
