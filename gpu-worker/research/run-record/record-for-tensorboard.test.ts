import { describe, expect, it } from "vitest";
import { crc32c, fileVersionRecord, maskedCrc32c, scalarRecord } from "./record-for-tensorboard.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("TensorBoard records", () => {
  it("equal the bytes of TensorBoard's own EventFileWriter", () => {
    expect(hex(fileVersionRecord(1.5))).toBe(VERSION);
    expect(hex(scalarRecord("val.roc_auc", 0.75, 300, 1.5))).toBe(SCALAR);
  });

  it("encode steps beyond 2^32", () => {
    const bytes = scalarRecord("a", 1, 2 ** 40, 0);
    expect(hex(bytes)).toContain("10808080808020");
  });
});

/** Bytes of `tensorboard.summary.writer.record_writer.RecordWriter` and `event_pb2.Event`, 2.21. */
const VERSION = "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c";
const SCALAR =
  "220000000000000078113dfd09000000000000f83f10ac022a140a120a0b76616c2e726f635f617563150000403fae42b9cb";

describe("crc32c", () => {
  it("returns the checksums of RFC 3720, appendix B.4", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });

  it("is masked as TFRecord requires", () => {
    const crc = 0xe3069283;
    const rotated = Number(((BigInt(crc) >> 15n) | (BigInt(crc) << 17n)) & 0xffffffffn);
    const masked = Number((BigInt(rotated) + 0xa282ead8n) & 0xffffffffn);
    expect(maskedCrc32c(new TextEncoder().encode("123456789"))).toBe(masked);
  });
});
