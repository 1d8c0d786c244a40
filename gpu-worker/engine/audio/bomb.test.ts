import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { concatenate, viewOf } from "./bytes.ts";
import { decodeAudio } from "./decode.ts";
import { fixture } from "./fixtures/signals.ts";

/** InputError's message, and by how much the process has grown. */
async function refuse(bytes: Uint8Array): Promise<{ message: string; megabytes: number }> {
  const before = process.memoryUsage();
  const error = await decodeAudio(bytes).then(
    () => new Error("the bomb was accepted"),
    (reason: unknown) => reason,
  );
  const after = process.memoryUsage();
  if (!(error instanceof InputError)) throw error;
  return {
    message: error.message,
    megabytes: (after.rss - before.rss) / 1e6,
  };
}

/** STREAMINFO of mono 8-bit audio at 44.1 kHz that claims one second (RFC 9639, section 8.2). */
function flacHead(): Uint8Array {
  const head = new Uint8Array(42);
  head.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, 0xff, 0xff, 0xff, 0xff]);
  head.set([0x0a, 0xc4, 0x40, 0x70], 18);
  viewOf(head).setUint32(22, 44_100);
  return head;
}

/** One FLAC frame: 65,535 samples of silence (RFC 9639, section 9). */
function silentFlacFrame(number: number): Uint8Array {
  const header = [0xff, 0xf8, 0x79, 0x02, number & 0x7f, 0xff, 0xfe];
  let crc8 = 0;
  for (const byte of header) {
    crc8 ^= byte;
    for (let bit = 0; bit < 8; bit++) crc8 = ((crc8 << 1) ^ (crc8 & 0x80 ? 7 : 0)) & 0xff;
  }
  const frame = [...header, crc8, 0x00, 0x00];
  let crc16 = 0;
  for (const byte of frame) {
    crc16 ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc16 = ((crc16 << 1) ^ (crc16 & 0x8000 ? 0x8005 : 0)) & 0xffff;
  }
  return Uint8Array.from([...frame, crc16 >> 8, crc16 & 0xff]);
}

describe("decompression bombs", () => {
  it("refuses hours of flac silence that claim to be one second", async () => {
    const frames = Array.from({ length: 20_000 }, (_, i) => silentFlacFrame(i));
    const few = await decodeAudio(concatenate([flacHead(), ...frames.slice(0, 3)]));
    expect(few.channels[0]).toHaveLength(3 * 65_535);
    const { message, megabytes } = await refuse(concatenate([flacHead(), ...frames]));
    expect(message).toMatch(/longer than 900 s/);
    expect(megabytes).toBeLessThan(100);
  });

  it("refuses hours of opus silence in a few kilobytes", async () => {
    const source = fixture("excerpt.opus");
    const pages = splitPages(source);
    const bomb = pages.slice(0, 2);
    for (let i = 2; i < 80; i++) bomb.push(silentOpusPage(source, i, i === 79));
    const few = await decodeAudio(
      concatenate([...pages.slice(0, 2), silentOpusPage(source, 2, true)]),
    );
    expect(few.channels[0]!.length).toBeGreaterThan(0);
    const { message, megabytes } = await refuse(concatenate(bomb));
    expect(message).toMatch(/longer than 900 s/);
    expect(megabytes).toBeLessThan(100);
  });

  it("refuses a wav header of many hours and an mp4 table of 4 billion frames", async () => {
    const wav = fixture("excerpt.wav");
    viewOf(wav).setUint32(40, 0xfffffff0, true);
    expect((await refuse(wav)).message).toMatch(/truncated/);

    const m4a = fixture("excerpt.m4a");
    const table = Buffer.from(m4a).indexOf("stsz");
    viewOf(m4a).setUint32(table + 12, 0xffffffff);
    expect((await refuse(m4a)).message).toMatch(/stsz table promises 4294967295 entries/);
  });

  it("refuses an mp4 edit list of billions of edits", async () => {
    const m4a = fixture("excerpt.m4a");
    viewOf(m4a).setUint32(Buffer.from(m4a).indexOf("elst") + 8, 1_996_488_705);
    expect((await refuse(m4a)).message).toMatch(/elst table promises 1996488705 entries/);
  });
});

function splitPages(bytes: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const table = start + 27;
    const body = table + bytes[start + 26]!;
    const end = body + bytes.subarray(table, body).reduce((sum, size) => sum + size, 0);
    pages.push(bytes.slice(start, end));
    start = end;
  }
  return pages;
}

/** 255 packets of one byte, each 60 ms of nothing. */
function silentOpusPage(source: Uint8Array, sequence: number, last: boolean): Uint8Array {
  const page = new Uint8Array(27 + 255 + 255);
  page.set(source.subarray(0, 27));
  const view = viewOf(page);
  page[5] = last ? 4 : 0;
  view.setBigInt64(6, 48_000n, true);
  view.setUint32(18, sequence, true);
  view.setUint32(22, 0, true);
  page[26] = 255;
  page.fill(1, 27, 27 + 255);
  page.fill(3 << 3, 27 + 255);
  let crc = 0;
  for (const byte of page) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  view.setUint32(22, crc >>> 0, true);
  return page;
}
