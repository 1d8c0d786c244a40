import { describe, expect, it } from "vitest";
import { sampleCount } from "../audio.ts";
import { concatenate } from "../bytes.ts";
import { decodeAudio } from "../decode.ts";
import { outcomeOf } from "../fixtures/decoding.ts";
import { apeTag, ID3V1, id3v2, LYRICS3 } from "../fixtures/files.ts";
import { fixture } from "../fixtures/signals.ts";
import { skipLeadingTags } from "../tags.ts";
import { mp3FrameAt } from "./frame-header.ts";

const WITH_ID3 = fixture("excerpt.mp3");
const FILE = WITH_ID3.subarray(skipLeadingTags(WITH_ID3));

/** Offsets of all frames, the info tag's among them. */
const OFFSETS: number[] = [];
for (let at = 0; at < FILE.length; at += mp3FrameAt(FILE, at)!.bytes) OFFSETS.push(at);

/** The frames without the info tag. */
const BARE = FILE.subarray(OFFSETS[1]);

describe("MP3", () => {
  it.each([
    ["an empty ID3v2 tag and zeros", concatenate([id3v2(0), new Uint8Array(184)])],
    ["two ID3v2 tags", concatenate([id3v2(300), id3v2(20)])],
    ["an APEv2 tag", apeTag()],
    ["zeros", new Uint8Array(700)],
  ])("is found behind %s", async (_, head) => {
    const plain = await decodeAudio(FILE);
    expect(await decodeAudio(concatenate([head, FILE]))).toEqual(plain);
  });

  it.each([
    ["ID3v1", ID3V1],
    ["APEv2 and ID3v1", concatenate([apeTag(), ID3V1])],
    ["an APE tag without header", apeTag(false)],
    ["Lyrics3 and ID3v1", concatenate([LYRICS3, ID3V1])],
    ["zeros", new Uint8Array(900)],
  ])("ignores %s behind the frames", async (_, tail) => {
    expect(await decodeAudio(concatenate([FILE, tail]))).toEqual(await decodeAudio(FILE));
    expect(await decodeAudio(concatenate([BARE, tail]))).toEqual(await decodeAudio(BARE));
  });

  it("drops delay and padding by the info tag only", async () => {
    expect(sampleCount(await decodeAudio(FILE))).toBe(16_000);
    expect(sampleCount(await decodeAudio(BARE))).toBe((OFFSETS.length - 1) * 576);
    expect(await outcomeOf(fixture("empty-id3-then-zeros.mp3"))).toBe("accepted 96000 samples");
  });

  it("refuses joined files", async () => {
    expect(await outcomeOf(fixture("two-tagged-mp3s.mp3"))).toMatch(/holds several streams/);
    expect(await outcomeOf(concatenate([FILE, FILE]))).toMatch(/holds several streams/);
    expect(await outcomeOf(concatenate([FILE, BARE]))).toMatch(/holds several streams/);
    expect(await outcomeOf(concatenate([BARE, ID3V1, BARE]))).toMatch(/holds several streams/);
    const otherRate = fixture("two-tagged-mp3s.mp3").subarray(0, 20_000);
    expect(await outcomeOf(concatenate([BARE, otherRate]))).not.toMatch(/accepted/);
  });

  it("refuses damage between frames with its position", async () => {
    expect(await outcomeOf(fixture("noise-inside.mp3"))).toMatch(/damaged at 4\.55 s/);
    const at = OFFSETS[14]!;
    const noise = new Uint8Array(40).fill(0x55);
    const inserted = concatenate([FILE.subarray(0, at), noise, FILE.subarray(at)]);
    expect(await outcomeOf(inserted)).toMatch(/damaged at 0\.47 s/);
    const zeroed = FILE.slice();
    zeroed.fill(0, at, OFFSETS[16]);
    expect(await outcomeOf(zeroed)).toMatch(/damaged at 0\.47 s/);
  });

  it("keeps the sound in time if only the data of a frame are damaged", async () => {
    const plain = await decodeAudio(FILE);
    const damaged = FILE.slice();
    damaged.fill(0x99, OFFSETS[14]! + 30, OFFSETS[15]! - 4);
    const audio = await decodeAudio(damaged);
    expect(sampleCount(audio)).toBe(16_000);
    expect(audio.channels[0]!.subarray(12_000)).toEqual(plain.channels[0]!.subarray(12_000));
  });

  it("names free format and other layers", async () => {
    const free = FILE.map((byte, i) => (OFFSETS.includes(i - 2) ? byte & 0x0f : byte));
    expect(await outcomeOf(free)).toBe(
      "Free-format MP3 isn't supported. Convert it to WAV, AIFF, FLAC, MP3, Ogg Vorbis, Opus or AAC in M4A.",
    );
    const layer2 = Uint8Array.of(0xff, 0xfd, 0x84, 0x04, ...new Uint8Array(600));
    expect(await outcomeOf(layer2)).toMatch(/MPEG audio layer II isn't supported/);
  });
});
