import { describe, expect, it } from "vitest";
import { concatenate } from "./bytes.ts";
import { cancelsInMono, decodeAudio } from "./decode.ts";
import { encodeWavFloat32 } from "./encode-wav.ts";
import { outcomeOf } from "./fixtures/decoding.ts";
import { aiffFile, ascii, wavChunk, wavFile, wavFormat } from "./fixtures/files.ts";
import { fixture, noise, sine } from "./fixtures/signals.ts";

describe("detectFormat", () => {
  it.each([
    ["\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA"],
    ["wvpk", "WavPack"],
    ["MAC ", "Monkey's Audio (APE)"],
    ["MPCK", "Musepack"],
    ["caff", "Core Audio (CAF)"],
    ["\x1a\x45\xdf\xa3", "WebM or Matroska"],
    ["RIFF....AVI ", "AVI"],
    ["#!AMR\n", "AMR"],
    ["\xff\xf1\x50\x80", "Raw AAC (ADTS)"],
    ["hello", "This file format"],
  ])("names %j", async (head, name) => {
    const file = concatenate([ascii(head), new Uint8Array(400).fill(0x20)]);
    expect(await outcomeOf(file)).toBe(
      `${name} isn't supported. Convert it to WAV, AIFF, FLAC, MP3, Ogg Vorbis, Opus or AAC in M4A.`,
    );
  });

  it("refuses tags without sound", async () => {
    expect(await outcomeOf(new Uint8Array(100))).toMatch(/holds only zeros/);
  });
});

describe("levels", () => {
  it("are the same for wav, aiff and flac of one recording", async () => {
    const wav = fixture("excerpt.wav");
    const { channels, sampleRate } = await decodeAudio(wav);
    expect((await decodeAudio(fixture("excerpt.flac"))).channels).toEqual(channels);
    const frames = channels[0]!.length;
    const data = wav.slice(44, 44 + 4 * frames);
    const swapped = data.map((_, i) => data[i ^ 1]!);
    const aiff = aiffFile({ channels: 2, frames, sampleRate, data: swapped });
    expect((await decodeAudio(aiff)).channels).toEqual(channels);
    const wide = new Uint8Array(2 * data.length);
    for (let i = 0; i < data.length / 2; i++) wide.set(data.subarray(2 * i, 2 * i + 2), 4 * i + 2);
    const in32 = wavFile([
      wavFormat({ channels: 2, sampleRate, bits: 32 }),
      wavChunk("data", wide),
    ]);
    expect((await decodeAudio(in32)).channels).toEqual(channels);
  });

  it("are refused beyond +60 dBFS, naming the audio", async () => {
    const samples = sine(8000, 440, 8000).map((x) => x * 20_000);
    const file = encodeWavFloat32({ sampleRate: 8000, channels: [samples] });
    expect(await outcomeOf(file)).toMatch(
      /^The audio reaches \+\d\d dBFS at 0 s; the limit is \+60/,
    );
    const loud = encodeWavFloat32({ sampleRate: 8000, channels: [samples.map((x) => x / 25)] });
    expect(await outcomeOf(loud)).toBe("accepted 8000 samples");
  });
});

describe("cancelsInMono", () => {
  const left = noise(4000, 3);
  const audio = (...channels: Float32Array[]) => ({ sampleRate: 8000, channels });

  it("is true for channels that cancel each other out", () => {
    expect(
      cancelsInMono(
        audio(
          left,
          left.map((x) => -x),
        ),
      ),
    ).toBe(true);
  });

  it("is false for mono, silence and ordinary stereo", () => {
    expect(cancelsInMono(audio(left))).toBe(false);
    expect(cancelsInMono(audio(new Float32Array(9), new Float32Array(9)))).toBe(false);
    expect(
      cancelsInMono(
        audio(
          left,
          left.map((x) => -0.9 * x),
        ),
      ),
    ).toBe(false);
    expect(cancelsInMono(audio(left, noise(4000, 8)))).toBe(false);
  });
});
