import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AudioLoadError, type LoadPhase, loadAudio } from "./audio-loader.ts";

const RATE = 1000;
const SOUND = Float32Array.from({ length: RATE }, (_, i) => (i < 100 ? 0 : 0.5));
const LENGTH = { sampleRate: RATE, encoderDelaySamples: 100, samples: 800 };

/** Answers in turn; the last one for ever. */
function answerWith(...answers: (() => Response)[]) {
  const fetch = vi.fn(async () =>
    answers[Math.min(fetch.mock.calls.length, answers.length) - 1]!(),
  );
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const sound = () => new Response("sound");
const rendering = () => new Response(null, { status: 503, headers: { "Retry-After": "5" } });

async function load(
  length: Parameters<typeof loadAudio>[1],
  signal = new AbortController().signal,
) {
  const phases: LoadPhase[] = [];
  const loading = loadAudio("/audio", length, signal, (phase) => phases.push(phase));
  const settled = loading.then(
    (audio) => audio,
    (error: unknown) => error,
  );
  await vi.runAllTimersAsync();
  return { result: await settled, phases };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    "OfflineAudioContext",
    class {
      decodeAudioData = async () => ({
        numberOfChannels: 1,
        sampleRate: RATE,
        getChannelData: () => SOUND,
      });
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("loadAudio", () => {
  it("cuts off the encoder's delay where it is known", async () => {
    answerWith(sound);
    expect((await load(LENGTH)).result).toMatchObject({ seconds: 0.8 });
  });

  it("plays all of it where it is not", async () => {
    answerWith(sound);
    expect((await load(null)).result).toMatchObject({ seconds: 1 });
  });

  it("waits for audio that is still being rendered", async () => {
    const fetch = answerWith(rendering, rendering, sound);
    const { result, phases } = await load(null);
    expect(result).toMatchObject({ seconds: 1 });
    expect(phases).toEqual(["fetching", "rendering", "rendering", "decoding"]);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it("does not wait for ever, nor for a server that does not say when", async () => {
    const fetch = answerWith(rendering);
    expect((await load(null)).result).toBeInstanceOf(AudioLoadError);
    expect(fetch).toHaveBeenCalledTimes(6);
    const away = answerWith(() => new Response(null, { status: 503 }));
    expect((await load(null)).result).toBeInstanceOf(AudioLoadError);
    expect(away).toHaveBeenCalledTimes(1);
  });

  it("stops waiting when the player is gone", async () => {
    const fetch = answerWith(rendering);
    const gone = new AbortController();
    setTimeout(() => gone.abort(new Error("gone")), 1000);
    expect((await load(null, gone.signal)).result).toMatchObject({ message: "gone" });
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});
