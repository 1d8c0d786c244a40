import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { soundSha256 } from "./fetch-objects.ts";

const link = (digit: string) => ({ url: "https://objects.example/a", sha256: digit.repeat(64) });

describe("soundSha256", () => {
  it("returns the hash of the file if there is one", async () => {
    expect(await soundSha256({ audio: link("a"), stems: { drums: link("b") } })).toBe(
      "a".repeat(64),
    );
  });

  it("returns a hash of the stems' names and hashes, in any order", async () => {
    const text = `bass ${"c".repeat(64)}\ndrums ${"b".repeat(64)}\n`;
    const expected = createHash("sha256").update(text).digest("hex");
    expect(await soundSha256({ stems: { drums: link("b"), bass: link("c") } })).toBe(expected);
    expect(await soundSha256({ stems: { bass: link("c"), drums: link("b") } })).toBe(expected);
    expect(await soundSha256({ stems: { bass: link("b"), drums: link("c") } })).not.toBe(expected);
  });
});
