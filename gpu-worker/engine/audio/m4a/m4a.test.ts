import { describe, expect, it } from "vitest";
import { sampleCount } from "../audio.ts";
import { concatenate, hasText, viewOf } from "../bytes.ts";
import { decodeAudio } from "../decode.ts";
import { outcomeOf } from "../fixtures/decoding.ts";
import { ascii, number } from "../fixtures/files.ts";
import { fixture } from "../fixtures/signals.ts";

const FILE = fixture("excerpt.m4a");

const box = (type: string, ...parts: Uint8Array[]) => {
  const body = concatenate(parts);
  return concatenate([number(8 + body.length, 4), ascii(type), body]);
};

/** Offset of a type in the file, from `from` on. */
function find(bytes: Uint8Array, type: string, from = 0): number {
  for (let at = from; at < bytes.length; at++) if (hasText(bytes, at, type)) return at;
  throw new Error(`No ${type} in the file.`);
}

/** The file with further boxes at the end of its index, which comes last. */
function withInIndex(...boxes: Uint8Array[]): Uint8Array {
  const at = find(FILE, "moov") - 4;
  const added = concatenate(boxes);
  const copy = concatenate([FILE, added]);
  viewOf(copy).setUint32(at, FILE.length - at + added.length);
  return copy;
}

describe("M4A", () => {
  it("parses boxes and never searches texts for types", async () => {
    expect(await outcomeOf(fixture("handler-soundtrak.m4a"))).toBe("accepted 176400 samples");
    const text = box("udta", box("name", ascii("trak stco moov mdat elst stsz mp4a")));
    expect(await decodeAudio(withInIndex(text))).toEqual(await decodeAudio(FILE));
  });

  it("refuses two audio tracks, and ignores tracks without sound", async () => {
    const start = find(FILE, "trak") - 4;
    const track = FILE.slice(start, start + viewOf(FILE).getUint32(start));
    expect(await outcomeOf(withInIndex(track))).toMatch(/holds several streams: 2 audio tracks/);
    const video = track.slice();
    video.set(ascii("vide"), find(video, "soun"));
    expect(await decodeAudio(withInIndex(video))).toEqual(await decodeAudio(FILE));
  });

  it("applies the edit list", async () => {
    const copy = FILE.slice();
    const at = find(copy, "elst") + 8;
    const view = viewOf(copy);
    const movieTimescale = view.getUint32(find(copy, "mvhd") + 16);
    view.setUint32(at + 4, Math.round(movieTimescale / 2));
    const half = await decodeAudio(copy);
    const whole = await decodeAudio(FILE);
    expect(sampleCount(half)).toBe(8000);
    expect(half.channels[1]).toEqual(whole.channels[1]!.subarray(0, 8000));
  });

  it("names ALAC, HE-AAC, MP3 in MP4, encryption and fragments", async () => {
    expect(await outcomeOf(fixture("alac.m4a"))).toMatch(
      /^ALAC \(Apple Lossless\) isn't supported/,
    );
    const described = find(FILE, "esds");
    const configured = (bytes: Uint8Array) => {
      const tag = bytes.indexOf(5, described + 30);
      return tag + 1 + (bytes[tag + 1] === 0x80 ? 4 : 1);
    };
    const he = FILE.slice();
    he[configured(he)] = (5 << 3) | (he[configured(he)]! & 7);
    expect(await outcomeOf(he)).toMatch(/^HE-AAC \(SBR\) isn't supported/);
    const drm = FILE.slice();
    drm.set(ascii("drms"), find(drm, "mp4a"));
    expect(await outcomeOf(drm)).toMatch(/^DRM-protected audio isn't supported/);
    const fragmented = concatenate([FILE, box("moof")]);
    expect(await outcomeOf(fragmented)).toMatch(/^A fragmented MP4 file isn't supported/);
  });

  it("refuses a damaged frame and an index that points behind the end", async () => {
    const damaged = FILE.slice();
    const sound = find(damaged, "mdat") + 4;
    damaged.fill(0xff, sound + 3000, sound + 3400);
    expect(await outcomeOf(damaged)).toMatch(/M4A file is damaged at 0\.\d+ s/);
    const early = fixture("excerpt-index-first.m4a");
    const cut = early.slice(0, early.length - 2000);
    viewOf(cut).setUint32(find(cut, "mdat") - 4, cut.length - find(cut, "mdat") + 4);
    expect(await outcomeOf(cut)).toMatch(/truncated: it ends at 0\.\d+ s/);
  });
});
