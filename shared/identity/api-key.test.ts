import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { API_KEY_ENTROPY_BYTES, apiKeyFrom, keyIdOf } from "./api-key.ts";

describe("apiKeyFrom", () => {
  it("writes the secret in base64url and stores only the token's hash", async () => {
    for (let i = 0; i < 50; i++) {
      const entropy = randomBytes(API_KEY_ENTROPY_BYTES);
      const key = await apiKeyFrom(entropy);
      const id = entropy.subarray(0, 8).toString("hex");
      expect(key).toEqual({
        id,
        token: `lemons_${id}_${entropy.subarray(8).toString("base64url")}`,
        tokenSha256: createHash("sha256").update(key.token).digest("hex"),
      });
      expect(keyIdOf(key.token)).toBe(id);
    }
  });

  it("rejects too few random bytes", async () => {
    await expect(apiKeyFrom(new Uint8Array(8))).rejects.toThrow("40 random bytes, not 8");
  });
});

describe("keyIdOf", () => {
  it.each([
    "",
    "lemons",
    `lemons_0123456789abcdef_${"a".repeat(42)}`,
    `Lemons_0123456789abcdef_${"a".repeat(43)}`,
  ])("is null for %j", (text) => expect(keyIdOf(text)).toBeNull());
});
