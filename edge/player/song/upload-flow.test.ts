import { describe, expect, it } from "vitest";
import { MessageError } from "../texts/translate.ts";
import type { Song } from "./send-song.ts";
import { createUploadFlow, type UploadState } from "./upload-flow.ts";

const MAX_BYTES = 1000;
const wave = (length = 100) => {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode("RIFFxxxxWAVE"));
  return new Blob([bytes]);
};
const song = (file: Blob = wave()): Song => ({ file, title: "Mine", artist: "" });
type Send = Parameters<typeof createUploadFlow>[0];

function flowOf(send: Send, signal = new AbortController().signal) {
  const flow = createUploadFlow(send, MAX_BYTES, signal);
  const states: UploadState[] = [];
  flow.store.subscribe((state) => states.push(state));
  return { flow, states };
}

/** An upload that only an abort ends. */
const endless: Send = (_song, _onSent, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

describe("createUploadFlow", () => {
  it("reports the bytes sent, then the track", async () => {
    const { flow, states } = flowOf(async (_song, onSent) => {
      onSent(40);
      onSent(100);
      return "own-1";
    });
    await flow.start(song());
    expect(states).toEqual([
      { kind: "sending", sent: 0, total: 100 },
      { kind: "sending", sent: 40, total: 100 },
      { kind: "storing" },
      { kind: "done", track: "own-1" },
    ]);
  });

  it.each([
    ["no file", null, "song.none"],
    ["an empty file", new Blob([]), "song.empty"],
    ["a file above the limit", wave(MAX_BYTES + 1), "song.too-large"],
    ["a file that isn't audio", new Blob(["<html>hello</html>"]), "song.not-audio"],
  ])("doesn't send %s", async (_what, file, key) => {
    const { flow, states } = flowOf(() => {
      throw new Error("it was sent");
    });
    await flow.start(file && song(file));
    expect(states).toEqual([{ kind: "failed", problem: expect.objectContaining({ key }) }]);
  });

  it("reports why a song was refused and accepts another one", async () => {
    const answers = [
      new MessageError("problem.response", { status: 429, reason: "The budget is spent." }),
      "own-2",
    ];
    const { flow } = flowOf(async () => {
      const answer = answers.shift()!;
      if (typeof answer !== "string") throw answer;
      return answer;
    });
    await flow.start(song());
    expect(flow.store.get()).toEqual({
      kind: "failed",
      problem: { key: "problem.response", values: { status: 429, reason: "The budget is spent." } },
    });
    await flow.start(song());
    expect(flow.store.get()).toEqual({ kind: "done", track: "own-2" });
  });

  it("sends one song at a time and can be cancelled", async () => {
    const { flow, states } = flowOf(endless);
    const started = flow.start(song());
    await flow.start(song());
    await expect.poll(() => states.length).toBe(1);
    flow.cancel();
    await started;
    expect(flow.store.get()).toEqual({ kind: "cancelled" });
    flow.reset();
    expect(flow.store.get()).toEqual({ kind: "idle" });
  });

  it("changes nothing after the page has gone", async () => {
    const page = new AbortController();
    const { flow, states } = flowOf(endless, page.signal);
    const started = flow.start(song());
    await expect.poll(() => states.length).toBe(1);
    page.abort();
    await started;
    expect(states.length).toBe(1);
  });
});
