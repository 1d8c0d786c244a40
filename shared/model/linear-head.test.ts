import { describe, expect, it } from "vitest";
import {
  HeadFormatError,
  headBytes,
  headOfBytes,
  headVersionOf,
  logitOfHead,
  versionOfParts,
} from "./linear-head.ts";

const HEAD = { weights: Float32Array.of(1, -2, 0.5), bias: 0.25 };

describe("a head as bytes", () => {
  it("is little-endian float32 with the bias last", () => {
    expect(Buffer.from(headBytes(HEAD)).toString("hex")).toBe("0000803f000000c00000003f0000803e");
    expect(headOfBytes(headBytes(HEAD))).toEqual(HEAD);
  });

  it("can be read from the middle of a buffer", () => {
    const bytes = Uint8Array.of(7, ...headBytes(HEAD), 7);
    expect(headOfBytes(bytes.subarray(1, -1))).toEqual(HEAD);
  });

  it("has their SHA-256 as its version", async () => {
    expect(await headVersionOf(HEAD)).toBe(
      "b9237a2583730483ef34df3b092291b318f479439988a8a116e33917366cef19",
    );
  });

  it.each([
    [new Uint8Array(0)],
    [new Uint8Array(4)],
    [new Uint8Array(9)],
    [new Uint8Array(4 * 16_386)],
  ])("rejects an invalid length", (bytes) => {
    expect(() => headOfBytes(bytes)).toThrow(HeadFormatError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("rejects %d", (number) => {
    const bytes = headBytes({ weights: Float32Array.of(1, number), bias: 0 });
    expect(() => headOfBytes(bytes)).toThrow(/not finite/);
  });
});

describe("logitOfHead", () => {
  it("is bias + weights . features, from a start index on", () => {
    expect(logitOfHead(HEAD, Float32Array.of(4, 1, 2))).toBe(3.25);
    expect(logitOfHead(HEAD, Float32Array.of(9, 9, 4, 1, 2), 2)).toBe(3.25);
  });
});

describe("versionOfParts", () => {
  it("is the hash of the canonical JSON of both", async () => {
    const parts = { encoderVersion: "a".repeat(64), headVersion: "b".repeat(64) };
    const version = await versionOfParts(parts);
    expect(version).toBe("cfb7f2124e0af1364c8fa85caaa0ded1b5781aad8ae6f01cb7eabf42480a3a01");
    expect(await versionOfParts({ ...parts, headVersion: "c".repeat(64) })).not.toBe(version);
  });
});
