import { describe, expect, it } from "vitest";
import { concatenate, viewOf } from "../bytes.ts";
import { decodeAudio } from "../decode.ts";
import { outcomeOf } from "../fixtures/decoding.ts";
import { ascii, editOggPage, ID3V1, oggPages, withOggSerial } from "../fixtures/files.ts";
import { fixture } from "../fixtures/signals.ts";

const FILES = ["excerpt.ogg", "excerpt.opus"];

describe.each(FILES)("Ogg: %s", (name) => {
  const file = fixture(name);
  const pages = oggPages(file);

  it("accepts zeros between pages, and zeros and tags behind them", async () => {
    const plain = await decodeAudio(file);
    const zeros = new Uint8Array(301);
    const spaced = concatenate(pages.flatMap((page) => [page, zeros]));
    expect(await decodeAudio(spaced)).toEqual(plain);
    expect(await decodeAudio(concatenate([file, ID3V1]))).toEqual(plain);
  });

  it("accepts complete pages without the end-of-stream flag", async () => {
    const last = editOggPage(pages.at(-1)!, (page) => {
      page[5]! &= ~4;
    });
    const open = concatenate([...pages.slice(0, -1), last]);
    expect(await decodeAudio(open)).toEqual(await decodeAudio(file));
  });

  it("refuses chained and multiplexed streams", async () => {
    const other = withOggSerial(pages, 77);
    const chained = concatenate([...pages, ...other]);
    expect(await outcomeOf(chained)).toMatch(/holds several streams: .* one after another/);
    expect(await outcomeOf(concatenate([file, file]))).toMatch(/holds several streams/);
    const mixed = concatenate([pages[0]!, other[0]!, ...pages.slice(1), ...other.slice(1)]);
    expect(await outcomeOf(mixed)).toMatch(
      /holds several streams: (Vorbis and Vorbis|Opus and Opus)/,
    );
  });

  it("refuses a missing page and damaged bytes with a position", async () => {
    const audio = pages.length - 1;
    const damaged = pages.map((page) => page.slice());
    damaged[audio]![damaged[audio]!.length - 9]! ^= 1;
    expect(await outcomeOf(concatenate(damaged))).toMatch(/damaged at \d/);
    const gap = editOggPage(pages[audio]!, (page) => viewOf(page).setUint32(18, 99, true));
    expect(await outcomeOf(concatenate([...pages.slice(0, -1), gap]))).toMatch(/damaged at \d/);
    const noise = concatenate([...pages.slice(0, -1), ascii("noise"), pages[audio]!]);
    expect(await outcomeOf(noise)).toMatch(/damaged at \d/);
  });

  it("refuses a page that is cut off", async () => {
    expect(await outcomeOf(file.subarray(0, file.length - 1))).toMatch(/truncated: it ends after/);
  });
});

describe("Ogg", () => {
  it("names streams side by side and in turn", async () => {
    expect(await outcomeOf(fixture("theora-and-vorbis.ogv"))).toMatch(/streams: Theora and Vorbis/);
    expect(await outcomeOf(fixture("chained-vorbis.ogg"))).toMatch(/Vorbis then Vorbis/);
    const vorbis = oggPages(fixture("excerpt.ogg"));
    const opus = withOggSerial(oggPages(fixture("excerpt.opus")), 5);
    expect(await outcomeOf(concatenate([...vorbis, ...opus]))).toMatch(/Vorbis then Opus/);
  });

  it.each([
    ["Speex   ", "Speex"],
    ["\x80theora", "Theora"],
    ["whatever", "unknown data"],
  ])("names a codec that isn't supported: %s", async (magic, codec) => {
    const [first] = oggPages(fixture("excerpt.opus"));
    const page = editOggPage(first!, (bytes) => {
      bytes.set(ascii(magic), 28);
      bytes[5]! |= 4;
    });
    expect(await outcomeOf(page)).toMatch(new RegExp(`An Ogg file with ${codec} isn't supported`));
  });

  it("applies the output gain of Opus", async () => {
    const pages = oggPages(fixture("excerpt.opus"));
    const gained = editOggPage(pages[0]!, (page) => viewOf(page).setInt16(28 + 16, -6 * 256, true));
    const plain = await decodeAudio(concatenate(pages));
    const quiet = await decodeAudio(concatenate([gained, ...pages.slice(1)]));
    const ratio = quiet.channels[0]![9000]! / plain.channels[0]![9000]!;
    expect(20 * Math.log10(ratio)).toBeCloseTo(-6, 3);
  });

  it("decodes FLAC in Ogg to the same samples", async () => {
    const flac = fixture("excerpt.flac");
    const head = concatenate([
      Uint8Array.of(0x7f, ...ascii("FLAC"), 1, 0, 0, 1),
      flac.subarray(0, 42).map((byte, i) => (i === 4 ? 0 : byte)),
    ]);
    const { frames, comment } = await flacPackets(flac);
    const packets = [head, comment, ...frames];
    const file = concatenate(
      packets.map((packet, i) => oggPage(packet, i, i === packets.length - 1)),
    );
    expect(await decodeAudio(file)).toEqual(await decodeAudio(flac));
  });
});

async function flacPackets(flac: Uint8Array) {
  const { findFlacFrames, readFlacMetadata } = await import("../flac/frames.ts");
  const { info, start } = readFlacMetadata(flac);
  const frames = findFlacFrames(flac, info, start).map(({ offset, end }) =>
    flac.subarray(offset, end),
  );
  const comment = Uint8Array.of(0x84, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  return { frames, comment };
}

/** A page with one packet. */
function oggPage(packet: Uint8Array, sequence: number, isLast: boolean): Uint8Array {
  const lacing = [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const page = new Uint8Array(27 + lacing.length + packet.length);
  page.set(ascii("OggS"));
  page[5] = (sequence === 0 ? 2 : 0) | (isLast ? 4 : 0);
  viewOf(page).setUint32(18, sequence, true);
  page[26] = lacing.length;
  page.set(lacing, 27);
  page.set(packet, 27 + lacing.length);
  return editOggPage(page, () => undefined);
}
