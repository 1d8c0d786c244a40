import { describe, expect, it } from "vitest";
import { concatenate } from "../bytes.ts";
import { decodeAudio } from "../decode.ts";
import { outcomeOf } from "../fixtures/decoding.ts";
import {
  apeTag,
  ascii,
  flacHead,
  ID3V1,
  id3v2,
  LYRICS3,
  silentFlacFrame,
} from "../fixtures/files.ts";
import { fixture } from "../fixtures/signals.ts";

const FILE = fixture("excerpt.flac");

/** The file with an unknown total in STREAMINFO. */
function totalUnknown(): Uint8Array {
  const copy = FILE.slice();
  copy[21]! &= 0xf0;
  copy.fill(0, 22, 26);
  return copy;
}

describe("FLAC", () => {
  it.each([
    ["ID3v1", ID3V1],
    ["APEv2", apeTag()],
    ["an APE tag without header", apeTag(false)],
    ["Lyrics3 and ID3v1", concatenate([LYRICS3, ID3V1])],
    ["zeros", new Uint8Array(5000)],
    ["an ID3v2 tag", id3v2(300)],
  ])("ignores %s behind the frames, whether the total is known or not", async (_, tail) => {
    const plain = await decodeAudio(FILE);
    expect(await decodeAudio(concatenate([FILE, tail]))).toEqual(plain);
    expect(await decodeAudio(concatenate([totalUnknown(), tail]))).toEqual(plain);
    expect(await decodeAudio(concatenate([id3v2(100), FILE, tail]))).toEqual(plain);
  });

  it("ignores unknown bytes behind the announced samples only", async () => {
    const tail = ascii("some program's own remarks");
    expect(await outcomeOf(concatenate([FILE, tail]))).toBe("accepted 16000 samples");
    expect(await outcomeOf(concatenate([totalUnknown(), tail]))).toMatch(/damaged at 1 s/);
  });

  it("counts frames by their checksums, not by sync codes in the data", async () => {
    expect(await outcomeOf(fixture("id3v1-behind.flac"))).toBe("accepted 64000 samples");
    expect(await outcomeOf(fixture("sync-codes-in-data.flac"))).toBe("accepted 40000 samples");
  });

  it("refuses a damaged frame with its position, whether the total is known or not", async () => {
    expect(await outcomeOf(fixture("total-unknown-damaged.flac"))).toMatch(/damaged at 1\.79 s/);
    for (const file of [FILE.slice(), totalUnknown()]) {
      file[Math.floor(file.length * 0.6)]! ^= 0x40;
      expect(await outcomeOf(file)).toMatch(/FLAC file is damaged at 0\.\d+ s/);
    }
  });

  it("refuses a missing frame", async () => {
    const frames = [0, 1, 3, 4].map(silentFlacFrame);
    const file = concatenate([flacHead(0), ...frames]);
    expect(await outcomeOf(file)).toMatch(/damaged at 2\.97 s/);
  });

  it("refuses joined files", async () => {
    expect(await outcomeOf(concatenate([FILE, FILE]))).toMatch(/holds several streams/);
    expect(await outcomeOf(concatenate([totalUnknown(), totalUnknown()]))).toMatch(
      /several streams/,
    );
    const frames = [0, 1, 0, 1].map(silentFlacFrame);
    expect(await outcomeOf(concatenate([flacHead(0), ...frames]))).toMatch(/several streams/);
  });

  it("refuses fewer samples than announced", async () => {
    const file = concatenate([flacHead(200_000), ...[0, 1, 2].map(silentFlacFrame)]);
    expect(await outcomeOf(file)).toMatch(/truncated: it ends at 4\.46 s, 196605 of 200000/);
  });
});
