import { afterEach, describe, expect, it, vi } from "vitest";
import { MessageError } from "../texts/translate.ts";
import type { LayerSet } from "./layers.ts";
import { createSoundPlayer, type SoundPlayer, type SoundSources } from "./sound-player.ts";

const SEGMENTS = [
  { start: 0, end: 6 },
  { start: 6, end: 12 },
];

/** Records scheduled values and holds the last one. */
function fakeParam() {
  return {
    value: 1,
    calls: [] as [string, number, number][],
    cancelScheduledValues() {},
    setValueAtTime(value: number, time: number) {
      this.calls.push(["set", value, time]);
    },
    linearRampToValueAtTime(value: number, time: number) {
      this.calls.push(["ramp", value, time]);
    },
    setTargetAtTime(value: number) {
      this.value = value;
    },
  };
}

/** An audio context with a manual clock. */
class FakeContext extends EventTarget {
  currentTime = 0;
  sampleRate = 48_000;
  outputLatency = 0;
  state = "running";
  destination = {};
  started: { at: number; offset: number; loop: boolean }[] = [];
  gates: ReturnType<typeof fakeParam>[] = [];
  clocks: EventTarget[] = [];
  resume = vi.fn(async () => {});
  suspend = vi.fn(async () => {});
  close = vi.fn(async () => {
    this.state = "closed";
  });
  createGain() {
    const gain = fakeParam();
    this.gates.push(gain);
    return { gain, connect: (next: unknown) => next, disconnect() {} };
  }
  createBufferSource() {
    const { started } = this;
    return {
      buffer: null,
      loop: false,
      loopStart: 0,
      loopEnd: 0,
      connect: (next: unknown) => next,
      start(at: number, offset: number) {
        started.push({ at, offset, loop: this.loop });
      },
      stop() {},
    };
  }
  createConstantSource() {
    const clock = Object.assign(new EventTarget(), {
      offset: { value: 0 },
      connect() {},
      start() {},
      stop() {},
    });
    this.clocks.push(clock);
    return clock;
  }
}

const layers = (kind: LayerSet["kind"] = "stems"): LayerSet => ({
  kind,
  layers: [0, 1].map((source) => ({
    buffer: { duration: 12 } as AudioBuffer,
    startSeconds: 0,
    source: String(source),
    isOpen: (gates, segment) => gates[segment * 2 + source] === 1,
  })),
});

const players: SoundPlayer[] = [];
function playerWith(overrides: Partial<SoundSources> = {}) {
  const context = new FakeContext();
  const player = createSoundPlayer({
    segments: SEGMENTS,
    gates: new Uint8Array(4).fill(1),
    createContext: () => context as unknown as AudioContext,
    loadStems: async () => layers(),
    loadMix: async () => layers("mix"),
    loadHighlights: async () => [],
    ...overrides,
  });
  players.push(player);
  return { player, context };
}

afterEach(() => {
  for (const player of players.splice(0)) player.dispose();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("playing", () => {
  it("loads nothing before play, and starts all layers at one time", async () => {
    const loadStems = vi.fn(async () => layers());
    const { player, context } = playerWith({ loadStems });
    expect(loadStems).not.toHaveBeenCalled();
    await player.play();
    expect(context.started).toHaveLength(2);
    expect(new Set(context.started.map(({ at }) => at)).size).toBe(1);
    expect(player.get()).toMatchObject({ phase: "ready", playing: true });
    await player.play();
    expect(loadStems).toHaveBeenCalledTimes(1);
  });

  it("resumes at the paused position", async () => {
    const { player, context } = playerWith();
    await player.play();
    context.currentTime = 4.02;
    expect(player.position()).toBeCloseTo(4);
    player.pause();
    context.currentTime = 9;
    expect(player.position()).toBeCloseTo(4);
    await player.play();
    expect(context.started.at(-1)?.offset).toBeCloseTo(4);
  });

  it("changes gains only when gates change", async () => {
    const { player, context } = playerWith();
    await player.play();
    context.currentTime = 2;
    const before = player.position();
    player.setGates(Uint8Array.of(0, 1, 0, 1));
    expect(player.position()).toBe(before);
    expect(context.started).toHaveLength(2);
    // Gains: volume, envelope, then one gate per layer.
    const gate = context.gates[2]!;
    expect(gate.calls.at(-1)).toEqual(["ramp", 0, 2.01]);
  });

  it("returns to the start after the end", async () => {
    const { player, context } = playerWith();
    await player.play();
    context.currentTime = 12.5;
    context.clocks[0]!.dispatchEvent(new Event("ended"));
    expect(player.get()).toMatchObject({ playing: false, endings: 1 });
    expect(player.position()).toBe(0);
  });

  it("starts again at the end while looping", async () => {
    const { player, context } = playerWith();
    player.setLooping(true);
    await player.play();
    context.currentTime = 12.1;
    context.clocks[0]!.dispatchEvent(new Event("ended"));
    expect(player.get()).toMatchObject({ playing: true, endings: 0 });
    expect(context.started.at(-1)).toMatchObject({ offset: 0 });
    player.setLooping(false);
    context.currentTime = 25;
    context.clocks[1]!.dispatchEvent(new Event("ended"));
    expect(player.get()).toMatchObject({ playing: false, endings: 1 });
  });

  it("pauses the other player", async () => {
    const { player } = playerWith();
    const { player: other } = playerWith();
    await player.play();
    await other.play();
    expect([player.get().playing, other.get().playing]).toEqual([false, true]);
  });
});

describe("repeating a segment", () => {
  it("jumps to the segment, and ends after a seek elsewhere", async () => {
    const { player, context } = playerWith();
    await player.play();
    context.currentTime = 1;
    player.setLoop(1);
    expect(context.started.at(-1)).toMatchObject({ offset: 6, loop: true });
    context.currentTime = 8.52;
    expect(player.position()).toBeCloseTo(7.5 + 6 - 6);
    player.seek(2);
    expect(player.get().loopedSegment).toBeNull();
    expect(context.started.at(-1)).toMatchObject({ offset: 2, loop: false });
  });
});

describe("a failure", () => {
  it("to load is reported and retried by the next play", async () => {
    let isDown = true;
    const answer = async () => {
      if (isDown) throw new MessageError("problem.network");
      return layers();
    };
    const { player } = playerWith({ loadStems: answer, loadMix: answer });
    await player.play();
    expect(player.get()).toMatchObject({
      phase: "error",
      playing: false,
      problem: { key: "problem.network" },
    });
    isDown = false;
    await player.play();
    expect(player.get()).toMatchObject({ phase: "ready", playing: true, problem: null });
  });

  it("of autoplay is reported until a user gesture", async () => {
    vi.useFakeTimers();
    const { player, context } = playerWith();
    context.state = "suspended";
    context.resume.mockImplementation(() => new Promise(() => {}));
    const playing = player.play();
    await vi.advanceTimersByTimeAsync(1500);
    await playing;
    expect(player.get()).toMatchObject({ playing: false, problem: { key: "sound.blocked" } });
    context.state = "running";
    context.resume.mockImplementation(async () => {});
    await player.play();
    expect(player.get()).toMatchObject({ playing: true, problem: null });
  });

  it("of the system pauses playback", async () => {
    const { player, context } = playerWith();
    await player.play();
    context.currentTime = 3.02;
    context.state = "interrupted";
    context.dispatchEvent(new Event("statechange"));
    expect(player.get().playing).toBe(false);
    expect(player.position()).toBeCloseTo(3);
  });

  it("of a device continues playback in a new context", async () => {
    vi.useFakeTimers();
    const mediaDevices = new EventTarget();
    vi.stubGlobal("navigator", { mediaDevices });
    const contexts: FakeContext[] = [];
    const { player } = playerWith({
      createContext: () => {
        const opened = new FakeContext();
        contexts.push(opened);
        return opened as unknown as AudioContext;
      },
    });
    await player.play();
    const [first] = contexts;
    first!.currentTime = 3.02;
    mediaDevices.dispatchEvent(new Event("devicechange"));
    // The clock keeps running with another device.
    first!.currentTime = 3.72;
    await vi.advanceTimersByTimeAsync(1000);
    expect(contexts).toHaveLength(1);
    mediaDevices.dispatchEvent(new Event("devicechange"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(contexts).toHaveLength(2);
    expect(first!.close).toHaveBeenCalled();
    expect(contexts[1]!.started.map(({ offset }) => offset)).toEqual([
      expect.closeTo(3.7),
      expect.closeTo(3.7),
    ]);
    expect(player.get()).toMatchObject({ playing: true, problem: null });
  });

  it("of the sources plays the mix until a retry loads them", async () => {
    const loadStems = vi
      .fn<SoundSources["loadStems"]>()
      .mockRejectedValueOnce(new MessageError("problem.status", { status: 502 }))
      .mockResolvedValue(layers());
    const { player, context } = playerWith({ loadStems });
    await player.play();
    expect(player.get()).toMatchObject({
      playing: true,
      problem: null,
      stems: { state: "failed" },
      layers: { kind: "mix" },
    });
    context.currentTime = 5;
    const before = player.position();
    await player.retryStems();
    expect(player.get()).toMatchObject({ playing: true, layers: { kind: "stems" } });
    // The new run starts at the position that the old one has reached by then.
    const { at, offset } = context.started.at(-1)!;
    expect(offset - before).toBeCloseTo(at - 5);
  });
});

describe("dispose", () => {
  it("closes the context and prevents further playback", async () => {
    const { player, context } = playerWith();
    await player.play();
    player.dispose();
    expect(context.close).toHaveBeenCalled();
    expect(player.get().playing).toBe(false);
    await player.play();
    expect(player.get().playing).toBe(false);
  });
});
