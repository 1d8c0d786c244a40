import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchAudio } from "./encoded-audio.ts";

/** Stubs fetch with these responses in turn; the last one repeats. */
function answerWith(...answers: (() => Response)[]) {
  const fetch = vi.fn(async () =>
    answers[Math.min(fetch.mock.calls.length, answers.length) - 1]!(),
  );
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const sound = () => new Response("sound");
const rendering = () => new Response(null, { status: 503, headers: { "Retry-After": "5" } });
const refusing = (status: number) => () => new Response(null, { status });

async function load(signal = new AbortController().signal) {
  const settled = fetchAudio("/audio", signal).then(
    (bytes) => bytes && new TextDecoder().decode(bytes),
    (error: unknown) => error,
  );
  await vi.runAllTimersAsync();
  return settled;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("fetchAudio", () => {
  it("retries while the server renders the audio", async () => {
    const fetch = answerWith(rendering, rendering, sound);
    expect(await load()).toBe("sound");
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it("gives up after six attempts, and at once for other statuses", async () => {
    const patient = answerWith(rendering);
    expect(await load()).toMatchObject({ key: "problem.status", values: { status: 503 } });
    expect(patient).toHaveBeenCalledTimes(6);
    const refused = answerWith(refusing(502));
    expect(await load()).toMatchObject({ key: "problem.status", values: { status: 502 } });
    expect(refused).toHaveBeenCalledTimes(1);
  });

  it("returns null for 404", async () => {
    answerWith(refusing(404));
    expect(await load()).toBeNull();
  });

  it("reports an unreachable server", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await load()).toMatchObject({ key: "problem.network" });
  });

  it("rejects with the reason of its signal", async () => {
    answerWith(rendering);
    const controller = new AbortController();
    const loading = load(controller.signal);
    controller.abort(new Error("gone"));
    expect(await loading).toMatchObject({ message: "gone" });
  });
});
