import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { sampleCount, toMono } from "./audio.ts";
import { decodeAudio } from "./decode.ts";
import { encodeWavFloat32 } from "./encode-wav.ts";
import { alignment, fixture, sine } from "./fixtures/signals.ts";
import { resample } from "./resample.ts";

const FILES = ["wav", "flac", "mp3", "ogg", "opus", "m4a"].map((ext) => `excerpt.${ext}`);

/** Returns the InputError's message, or how many samples were accepted. */
async function refusal(bytes: Uint8Array, limits = {}): Promise<string> {
  try {
    return `accepted ${sampleCount(await decodeAudio(bytes, limits))} samples`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
}

describe("decodeAudio", () => {
  it.each([...FILES, "excerpt-index-first.m4a"])("decodes %s in time", async (name) => {
    const original = toMono(await decodeAudio(fixture("excerpt.wav")));
    const audio = await decodeAudio(fixture(name));
    expect(audio.channels).toHaveLength(2);
    expect(sampleCount(audio) / audio.sampleRate).toBeCloseTo(1, 3);
    const mono = resample(toMono(audio), audio.sampleRate, 16_000);
    const { lag, correlation } = alignment(original, mono, 100);
    expect(Math.abs(lag)).toBeLessThanOrEqual(1);
    expect(correlation).toBeGreaterThan(/wav|flac/.test(name) ? 0.999_999 : 0.98);
  });

  it.each(["vocals", "bass"])(
    "decodes the last frame of a flac that ends in quiet frames of few bytes: %s",
    async (stem) => {
      const file = new URL(
        `../../../demo/stems/gt03-orchestral-march/${stem}.flac`,
        import.meta.url,
      );
      expect(sampleCount(await decodeAudio(await readFile(file)))).toBe(480_000);
    },
  );

  it("returns the same samples for WAV and FLAC of one recording", async () => {
    const wav = await decodeAudio(fixture("excerpt.wav"));
    const flac = await decodeAudio(fixture("excerpt.flac"));
    expect(flac.sampleRate).toBe(wav.sampleRate);
    expect(flac.channels).toEqual(wav.channels);
  });

  it.each(FILES)("refuses %s wherever it is cut off", async (name) => {
    const whole = fixture(name);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        expect(await refusal(whole.slice(0, length))).not.toMatch(/^accepted/);
      }),
      { numRuns: 25, examples: [[whole.length - 1], [0], [4], [44]] },
    );
  });

  it.each(FILES)("returns sound or an InputError for damage in %s", async (name) => {
    const whole = fixture(name);
    const damage = fc.array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = whole.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        expect(await refusal(bytes)).not.toBe("accepted 0 samples");
      }),
      { numRuns: 25 },
    );
  });

  it("refuses garbage of any length", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect(await refusal(bytes)).not.toMatch(/^accepted/);
      }),
      { numRuns: 50 },
    );
    expect(await refusal(new Uint8Array())).toBe("The audio file is empty. Choose another file.");
    expect(await refusal(new TextEncoder().encode("<!doctype html>"))).toMatch(
      /This file format isn't supported/,
    );
  });

  it("refuses samples that aren't finite", async () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const signal = sine(8000, 440, 8000);
      signal[4000] = wrong;
      const wav = encodeWavFloat32({ sampleRate: 8000, channels: [signal] });
      expect(await refusal(wav)).toMatch(/a sample of (NaN|Infinity) at 0\.5 s/);
    }
  });

  it("refuses files without samples", async () => {
    const wav = encodeWavFloat32({ sampleRate: 8000, channels: [new Float32Array()] });
    expect(await refusal(wav)).toBe("The WAV file holds no audio samples. Export it again.");
  });

  it("checks size, length, channels and sample rate", async () => {
    const wav = (sampleRate: number, channels: number) =>
      encodeWavFloat32({
        sampleRate,
        channels: Array.from({ length: channels }, () => sine(1000, 440, 8000)),
      });
    expect(await refusal(wav(8000, 1), { maxBytes: 100 })).toMatch(/4058 bytes; the limit is 100/);
    expect(await refusal(wav(8000, 1), { maxSeconds: 0.1 })).toMatch(/longer than 0.1 s/);
    expect(await refusal(wav(8000, 9))).toMatch(/9 channels; the limit is 8/);
    expect(await refusal(wav(1, 1))).toMatch(/sample rate of 1 Hz/);
    expect(await refusal(wav(4_000_000_000, 1))).toMatch(/sample rate of 4000000000 Hz/);
    expect(await refusal(wav(8000, 8))).toBe("accepted 1000 samples");
  });

  it("decodes in a worker thread", async () => {
    const script = `
      import { parentPort, workerData } from "node:worker_threads";
      const { decodeAudio } = await import(workerData.module);
      const audio = await decodeAudio(workerData.bytes);
      parentPort.postMessage(audio.channels[0].length);
    `;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), {
      workerData: {
        module: new URL("./decode.ts", import.meta.url).href,
        bytes: fixture("excerpt.opus"),
      },
    });
    const samples = await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    await worker.terminate();
    expect(samples).toBe(48_000);
  });
});
