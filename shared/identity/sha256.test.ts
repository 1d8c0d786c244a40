import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha256Hex, stemsHash } from "./sha256.ts";

describe("sha256Hex", () => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("of %j equals FIPS 180-4", async (text, digest) => {
    expect(await sha256Hex(text)).toBe(digest);
  });

  it("hashes a text as UTF-8, like its bytes", async () => {
    expect(await sha256Hex("ö")).toBe(await sha256Hex(Uint8Array.of(0xc3, 0xb6)));
  });

  it("reads only the view's part of a buffer", async () => {
    const view = new Uint8Array(Uint8Array.of(0, 97, 98, 99, 0).buffer, 1, 3);
    expect(await sha256Hex(view)).toBe(await sha256Hex("abc"));
  });
});

const a = "a".repeat(64);
const b = "b".repeat(64);

describe("stemsHash", () => {
  it("is SHA-256 over one sorted line per stem", async () => {
    const expected = createHash("sha256").update(`drums ${b}\nvocals ${a}\n`).digest("hex");
    expect(await stemsHash({ vocals: a, drums: b })).toBe(expected);
  });

  it("depends on the file of each source, not on the order", async () => {
    expect(await stemsHash({ drums: b, vocals: a })).toBe(await stemsHash({ vocals: a, drums: b }));
    expect(await stemsHash({ drums: a, vocals: b })).not.toBe(
      await stemsHash({ vocals: a, drums: b }),
    );
  });
});
