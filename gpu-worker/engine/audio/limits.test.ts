import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { concatenate, viewOf } from "./bytes.ts";
import { decodeAudio } from "./decode.ts";
import { editOggPage, flacHead, oggPages, silentFlacFrame } from "./fixtures/files.ts";
import { fixture } from "./fixtures/signals.ts";

/** Decodes a file that must be refused; returns the message and the growth of the process. */
async function refuse(bytes: Uint8Array): Promise<{ message: string; megabytes: number }> {
  const before = process.memoryUsage();
  const error = await decodeAudio(bytes).then(
    () => new Error("The bomb was accepted."),
    (reason: unknown) => reason,
  );
  const after = process.memoryUsage();
  if (!(error instanceof InputError)) throw error;
  return {
    message: error.message,
    megabytes: (after.rss - before.rss) / 1e6,
  };
}

describe("decompression bombs", () => {
  it("refuses hours of FLAC silence that claim to be one second", async () => {
    const frames = Array.from({ length: 20_000 }, (_, i) => silentFlacFrame(i));
    const few = await decodeAudio(concatenate([flacHead(44_100), ...frames.slice(0, 3)]));
    expect(few.channels[0]).toHaveLength(3 * 65_535);
    const { message, megabytes } = await refuse(concatenate([flacHead(44_100), ...frames]));
    expect(message).toMatch(/longer than 900 s/);
    expect(megabytes).toBeLessThan(100);
  });

  it("refuses hours of Opus silence in a few kilobytes", async () => {
    const source = fixture("excerpt.opus");
    const pages = oggPages(source);
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

  it("refuses a WAV header of many hours and an MP4 table of 4 billion frames", async () => {
    const wav = fixture("excerpt.wav");
    viewOf(wav).setUint32(40, 0xfffffff0, true);
    expect((await refuse(wav)).message).toMatch(/truncated/);

    const m4a = fixture("excerpt.m4a");
    const table = Buffer.from(m4a).indexOf("stsz");
    viewOf(m4a).setUint32(table + 12, 0xffffffff);
    expect((await refuse(m4a)).message).toMatch(/"stsz" box promises 4294967295 entries/);
  });

  it("refuses an MP4 edit list of billions of edits", async () => {
    const m4a = fixture("excerpt.m4a");
    viewOf(m4a).setUint32(Buffer.from(m4a).indexOf("elst") + 8, 1_996_488_705);
    expect((await refuse(m4a)).message).toMatch(/"elst" box promises 1996488705 entries/);
  });
});

/** 255 packets of one byte, each 60 ms of silence. */
function silentOpusPage(source: Uint8Array, sequence: number, isLast: boolean): Uint8Array {
  const page = new Uint8Array(27 + 255 + 255);
  page.set(source.subarray(0, 27));
  return editOggPage(page, (bytes) => {
    const view = viewOf(bytes);
    bytes[5] = isLast ? 4 : 0;
    view.setBigInt64(6, 48_000n, true);
    view.setUint32(18, sequence, true);
    bytes[26] = 255;
    bytes.fill(1, 27, 27 + 255);
    bytes.fill(3 << 3, 27 + 255);
  });
}
