import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "./crc32c.ts";

describe("crc32c", () => {
  it("gives the checksums of RFC 3720, appendix B.4", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });

  it("is masked as TFRecord wants it", () => {
    const crc = 0xe3069283;
    const rotated = Number(((BigInt(crc) >> 15n) | (BigInt(crc) << 17n)) & 0xffffffffn);
    const masked = Number((BigInt(rotated) + 0xa282ead8n) & 0xffffffffn);
    expect(maskedCrc32c(new TextEncoder().encode("123456789"))).toBe(masked);
  });
});
