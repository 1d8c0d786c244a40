import { appendFile, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { RunObserver } from "./run-observer.ts";

/** Writes a run's scalars to a TensorBoard event file. A resumed run writes another file; TensorBoard joins them. */
export async function recordForTensorboard(folder: string, start: Date): Promise<RunObserver> {
  await mkdir(folder, { recursive: true });
  const seconds = Math.floor(start.getTime() / 1000);
  const file = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.0`);
  let records: Uint8Array[] = [fileVersionRecord(start.getTime() / 1000)];
  const flush = async () => {
    const pending = records;
    records = [];
    if (pending.length > 0) await appendFile(file, Buffer.concat(pending));
  };
  return {
    scalar(name, value, step, time) {
      records.push(scalarRecord(name, value, step, time.getTime() / 1000));
    },
    line() {},
    async artifact() {},
    flush,
    end: flush,
  };
}

/** Protocol Buffers wire types. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** Field numbers of tensorflow.Event and its nested messages. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 } as const;

const utf8 = new TextEncoder();

/**
 * Encodes the first record of an event file.
 *
 * @param seconds wall time since 1970
 */
export function fileVersionRecord(seconds: number): Uint8Array {
  const event = concat([
    double(EVENT.wallTime, seconds),
    bytes(EVENT.fileVersion, utf8.encode("brain.Event:2")),
  ]);
  return record(event);
}

/**
 * Encodes one value of a scalar as an event record.
 *
 * @param step integer, at least 0
 * @param seconds wall time since 1970
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
export function scalarRecord(
  tag: string,
  value: number,
  step: number,
  seconds: number,
): Uint8Array {
  const scalar = concat([bytes(VALUE.tag, utf8.encode(tag)), float(VALUE.simpleValue, value)]);
  const event = concat([
    double(EVENT.wallTime, seconds),
    varint(EVENT.step, step),
    bytes(EVENT.summary, bytes(SUMMARY_VALUE, scalar)),
  ]);
  return record(event);
}

/** Frames a TFRecord: length (uint64), its checksum, the bytes, their checksum; little-endian. */
function record(event: Uint8Array): Uint8Array {
  const framed = new Uint8Array(8 + 4 + event.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(event.length), true);
  view.setUint32(8, maskedCrc32c(framed.subarray(0, 8)), true);
  framed.set(event, 12);
  view.setUint32(12 + event.length, maskedCrc32c(event), true);
  return framed;
}

function varint(field: number, value: number): Uint8Array {
  return concat([key(field, VARINT), base128(value)]);
}

function double(field: number, value: number): Uint8Array {
  const content = new Uint8Array(8);
  new DataView(content.buffer).setFloat64(0, value, true);
  return concat([key(field, FIXED_64), content]);
}

function float(field: number, value: number): Uint8Array {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setFloat32(0, value, true);
  return concat([key(field, FIXED_32), content]);
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return concat([key(field, BYTES), base128(content.length), content]);
}

function key(field: number, wireType: number): Uint8Array {
  return base128((field << 3) | wireType);
}

/** Encodes seven bits per byte, lowest first; exact up to 2^53. */
function base128(value: number): Uint8Array {
  const digits: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    digits.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.from([...digits, rest]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

/** Reflected Castagnoli polynomial. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  return rest;
});

/** Returns the CRC-32C (RFC 3720, appendix B.4), 0 to 2^32 - 1. */
export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 0xff]! ^ (rest >>> 8);
  return ~rest >>> 0;
}

/** Returns TFRecord's masked checksum: the CRC rotated by 15 bits plus a constant. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
