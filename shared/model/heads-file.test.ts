import { describe, expect, it } from "vitest";
import { decodeHeads, encodeHeads } from "./heads-file.ts";
import { HeadFormatError, headOfBytes } from "./linear-head.ts";

const HEADS = [
  { weights: Float32Array.of(1, 2), bias: 3 },
  { weights: Float32Array.of(-4, 5), bias: -6 },
];
const VALUES = Float32Array.of(1, 2, 3, -4, 5, -6);

/** A file with that header. */
function file(header: unknown, numbers: Float32Array = VALUES): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + numbers.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(new Uint8Array(numbers.slice().buffer), 8 + json.length);
  return bytes;
}

const ENTRY = { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] };

describe("heads.safetensors", () => {
  it("is written in the safetensors format", () => {
    const bytes = encodeHeads(HEADS);
    const header = '{"heads":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}   ';
    expect(bytes).toEqual(file(header));
  });

  it("is read back from any offset in memory", () => {
    const bytes = Uint8Array.of(0, ...encodeHeads(HEADS)).subarray(1);
    const heads = decodeHeads(bytes);
    expect(heads).toMatchObject({ listeners: 2, features: 2 });
    expect([0, 1].map((row) => headOfBytes(heads.bytesOf(row)))).toEqual(HEADS);
    expect(() => heads.bytesOf(2)).toThrow(RangeError);
    expect(() => heads.bytesOf(-1)).toThrow(RangeError);
  });

  it("may have the metadata that other writers add", () => {
    const bytes = file({ __metadata__: { format: "pt" }, heads: ENTRY });
    expect(decodeHeads(bytes).listeners).toBe(2);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /too short/],
    ["a header longer than the file", file(ENTRY).subarray(0, 12), /would have/],
    ["an endless header", Uint8Array.from({ length: 64 }, () => 255), /would have/],
    ["no JSON", file("{heads"), /not JSON/],
    ["a list", file([ENTRY]), /one tensor/],
    ["another tensor", file({ weights: ENTRY }), /one tensor/],
    ["a second tensor", file({ heads: ENTRY, more: ENTRY }), /one tensor/],
    ["float64", file({ heads: { ...ENTRY, dtype: "F64" } }), /float32/],
    ["a vector", file({ heads: { ...ENTRY, shape: [6] } }), /shape/],
    ["no weights", file({ heads: { ...ENTRY, shape: [6, 1] } }), /shape/],
    ["negative sizes", file({ heads: { ...ENTRY, shape: [-2, -3] } }), /shape/],
    ["no listeners", file({ heads: { ...ENTRY, shape: [0, 3] } }), /shape/],
    ["more rows than numbers", file({ heads: { ...ENTRY, shape: [3, 3] } }), /needs 36 bytes/],
    ["a huge shape", file({ heads: { ...ENTRY, shape: [2 ** 52, 3] } }), /needs/],
    [
      "other offsets",
      file({ heads: { ...ENTRY, data_offsets: [4, 24] } }),
      /all bytes after the header/,
    ],
    ["bytes at the end", file({ heads: { ...ENTRY, shape: [1, 3] } }), /needs 12 bytes/],
    ["NaN", file({ heads: ENTRY }, Float32Array.of(1, 2, 3, 4, Number.NaN, 6)), /row 1/],
  ])("rejects %s", (_what, bytes, message) => {
    expect(() => decodeHeads(bytes)).toThrow(HeadFormatError);
    expect(() => decodeHeads(bytes)).toThrow(message);
  });

  it("requires heads of one length", () => {
    expect(() => encodeHeads([])).toThrow(RangeError);
    const longer = { weights: Float32Array.of(1, 2, 3), bias: 0 };
    expect(() => encodeHeads([...HEADS, longer])).toThrow(RangeError);
  });
});
