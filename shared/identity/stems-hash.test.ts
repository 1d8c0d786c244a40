import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { stemsHash } from "./stems-hash.ts";

const a = "a".repeat(64);
const b = "b".repeat(64);

describe("stemsHash", () => {
  it("is SHA-256 over one sorted line a stem", async () => {
    const expected = createHash("sha256").update(`drums ${b}\nvocals ${a}\n`).digest("hex");
    expect(await stemsHash({ vocals: a, drums: b })).toBe(expected);
  });

  it("does not depend on the order, but on which source has which file", async () => {
    expect(await stemsHash({ drums: b, vocals: a })).toBe(await stemsHash({ vocals: a, drums: b }));
    expect(await stemsHash({ drums: a, vocals: b })).not.toBe(
      await stemsHash({ vocals: a, drums: b }),
    );
  });
});
