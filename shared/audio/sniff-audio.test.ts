import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { nameUnsupportedAudio, SNIFFED_BYTES, sniffAudio } from "./sniff-audio.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("sniffAudio", () => {
  it.each([
    ["wav", "audio/wav"],
    ["mp3", "audio/mpeg"],
    ["ogg", "audio/ogg"],
    ["opus", "audio/ogg"],
    ["flac", "audio/flac"],
    ["m4a", "audio/mp4"],
  ])("detects %s by its first bytes", async (extension, type) => {
    const file = new URL(
      `../../gpu-worker/engine/audio/fixtures/excerpt.${extension}`,
      import.meta.url,
    );
    expect(sniffAudio((await readFile(file)).subarray(0, SNIFFED_BYTES))).toBe(type);
  });

  it("detects MP3 with and without an ID3 tag", () => {
    expect(sniffAudio(bytes("ID3xxxxxxxxx"))).toBe("audio/mpeg");
    expect(sniffAudio(Uint8Array.of(0xff, 0xfb, 0x90, 0))).toBe("audio/mpeg");
  });

  it.each([
    new Uint8Array(),
    bytes("<!doctype html>"),
    bytes("RIFFxxxxAVI "),
    Uint8Array.of(0xff, 0xd8, 0xff, 0xe0),
    Uint8Array.of(0xff, 0xf1, 0x50, 0x80),
    bytes("\x7fELF"),
    bytes("PK\x03\x04"),
  ])("returns null for %s", (head) => expect(sniffAudio(head)).toBeNull());

  it.each([
    ["RF64....WAVE", "audio/wav"],
    ["FORM....AIFC", "audio/aiff"],
    ["APETAGEX....", "audio/mpeg"],
  ])("detects %s", (head, type) => expect(sniffAudio(bytes(head))).toBe(type));
});

describe("nameUnsupportedAudio", () => {
  it.each([
    [bytes("wvpk........"), "WavPack"],
    [bytes("RIFFxxxxAVI "), "AVI"],
    [Uint8Array.of(0xff, 0xf1, 0x50, 0x80), "Raw AAC (ADTS)"],
    [Uint8Array.of(0xff, 0xfd, 0x84, 0x04), "MPEG audio layer II"],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), null],
    [bytes("<!doctype html>"), null],
    [bytes("RIFFxxxxWAVE"), null],
  ])("returns the format's name or null", (head, name) => {
    expect(nameUnsupportedAudio(head)).toBe(name);
  });
});
