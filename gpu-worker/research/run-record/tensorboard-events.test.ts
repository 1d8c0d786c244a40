import { describe, expect, it } from "vitest";
import { fileVersionRecord, scalarRecord } from "./tensorboard-events.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("TensorBoard's records", () => {
  it("are the bytes that TensorBoard's own EventFileWriter writes", () => {
    expect(hex(fileVersionRecord(1.5))).toBe(VERSION);
    expect(hex(scalarRecord("val.roc_auc", 0.75, 300, 1.5))).toBe(SCALAR);
  });

  it("keep steps beyond 2^32", () => {
    const bytes = scalarRecord("a", 1, 2 ** 40, 0);
    expect(hex(bytes)).toContain("10808080808020");
  });
});

/** From `tensorboard.summary.writer.record_writer.RecordWriter` and `event_pb2.Event`, 2.21. */
const VERSION = "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c";
const SCALAR =
  "220000000000000078113dfd09000000000000f83f10ac022a140a120a0b76616c2e726f635f617563150000403fae42b9cb";
