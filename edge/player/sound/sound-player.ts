import { createDisposalScope } from "../disposal-scope.ts";
import { createStore, type Store } from "../store.ts";
import { MessageError } from "../texts/translate.ts";
import type { Gates } from "../what-if/selection.ts";
import { positionAt, type Span, spansOf } from "./gate-plan.ts";
import { claimSound, releaseSound } from "./now-playing.ts";
import { renderSelection, type SoundGraph, startSoundGraph } from "./sound-graph.ts";
import { createSoundLoader, type LayerSources, type LoadState } from "./sound-loader.ts";

/** State of a sound player. */
export interface SoundState extends LoadState {
  playing: boolean;
  /** Number of times playback has reached the end. */
  endings: number;
  /** Index of the repeated segment, or null. */
  loopedSegment: number | null;
  /** True if the excerpt repeats. */
  looping: boolean;
  /** 0 to 1. */
  volume: number;
  muted: boolean;
}

/** Input of {@link createSoundPlayer}. */
export interface SoundSources extends LayerSources {
  /** In order, without gaps, in seconds from the start of the excerpt. */
  segments: readonly Span[];
  createContext(): AudioContext;
  gates: Gates;
}

/** Plays any selection of one excerpt. */
export interface SoundPlayer extends Pick<Store<SoundState>, "get" | "subscribe"> {
  /** Length of the excerpt, seconds. */
  readonly duration: number;
  /** Returns the audible position, seconds from the start of the excerpt. */
  position(): number;
  /** Loads what is missing and renders the selection. @throws MessageError */
  render(): Promise<AudioBuffer>;
  /** Loads what is missing and plays. Resolves once playback has started or failed. */
  play(): Promise<void>;
  pause(): void;
  /** Requests the separate sources again after they failed. */
  retryStems(): Promise<void>;
  seek(seconds: number): void;
  setGates(gates: Gates): void;
  /** Repeats a segment, from its start unless the position is inside; null plays on. */
  setLoop(segment: number | null): void;
  setLooping(looping: boolean): void;
  setVolume(volume: number): void;
  setMuted(muted: boolean): void;
  dispose(): void;
}

/** Lead time for scheduling, so that no start is late. */
const START_DELAY_SECONDS = 0.02;
/** Browsers never start audio without a user gesture, so waiting longer is useless. */
const RESUME_WAIT_MS = 1000;
/** An idle audio context costs power. */
const SUSPEND_AFTER_MS = 3000;
/** Sample rate for rendering before anything has played, Hz. */
const DEFAULT_RATE = 44_100;
const VOLUME_SMOOTHING_SECONDS = 0.01;
/** Time after a device change by which the clock must have moved. */
const DEVICE_CHECK_MS = 700;

/** Creates a player. It fetches nothing and opens no audio context before the first play. */
export function createSoundPlayer(sources: SoundSources): SoundPlayer {
  const { segments } = sources;
  const duration = segments.at(-1)?.end ?? 0;
  const scope = createDisposalScope();
  const store = createStore<SoundState>({
    phase: "idle",
    problem: null,
    stems: { state: "idle" },
    playing: false,
    endings: 0,
    loopedSegment: null,
    looping: false,
    volume: 1,
    muted: false,
    layers: null,
  });
  const change = (part: Partial<SoundState>) => store.set({ ...store.get(), ...part });
  const loader = createSoundLoader(sources, scope, store.get, changeLoaded);

  let context: AudioContext | null = null;
  let master: GainNode | null = null;
  let graph: SoundGraph | null = null;
  let gates = sources.gates;
  let pausedAt = 0;
  let cancelSuspend = () => {};

  /** Continues playback with newly loaded layers. */
  function changeLoaded(part: Partial<LoadState>): void {
    change(part);
    if (part.layers === undefined || graph === null || context === null) return;
    const { run } = graph;
    stopGraph();
    startGraph(positionAt(run, context.currentTime + START_DELAY_SECONDS));
  }

  function openContext(): AudioContext {
    if (context !== null && context.state !== "closed") return context;
    const opened = sources.createContext();
    context = opened;
    master = opened.createGain();
    master.connect(opened.destination);
    applyVolume();
    // The system interrupts audio, for example during a call. Play resumes it.
    opened.addEventListener("statechange", () => {
      if (opened === context && opened.state !== "running" && store.get().playing) player.pause();
    });
    return opened;
  }

  function closeContext(): void {
    void context?.close().catch(() => {});
    context = null;
    master = null;
  }

  function applyVolume(): void {
    if (context === null || master === null) return;
    const { volume, muted } = store.get();
    // Loudness is perceived by ratios, so a squared gain makes the slider feel even.
    const gain = muted ? 0 : volume ** 2;
    master.gain.setTargetAtTime(gain, context.currentTime, VOLUME_SMOOTHING_SECONDS);
  }

  function spansOfLayers(): Span[][] {
    const layers = store.get().layers?.layers ?? [];
    return layers.map((layer) => spansOf(segments, (segment) => layer.isOpen(gates, segment)));
  }

  function loopSpan(): Span | null {
    const { loopedSegment } = store.get();
    return loopedSegment === null ? null : (segments[loopedSegment] ?? null);
  }

  function startGraph(offset: number): void {
    if (context === null || master === null) return;
    const loop = loopSpan();
    graph = startSoundGraph({
      context,
      destination: master,
      layers: store.get().layers?.layers ?? [],
      spans: spansOfLayers(),
      run: { startedAt: context.currentTime + START_DELAY_SECONDS, offset, loop, duration },
      onEnded: () => {
        graph = null;
        pausedAt = 0;
        if (store.get().looping) startGraph(0);
        else finish({ endings: store.get().endings + 1 });
      },
    });
  }

  function stopGraph(): void {
    if (context !== null) graph?.stop(context.currentTime);
    graph = null;
  }

  function restartAt(seconds: number): void {
    pausedAt = seconds;
    if (graph === null) return;
    stopGraph();
    startGraph(seconds);
  }

  function finish(also: Partial<SoundState> = {}): void {
    change({ ...also, playing: false });
    releaseSound(player);
    cancelSuspend = scope.timeout(() => {
      if (!store.get().playing) void context?.suspend();
    }, SUSPEND_AFTER_MS);
  }

  async function isRunning(opened: AudioContext): Promise<boolean> {
    const waiting = new Promise((resolve) => scope.timeout(() => resolve(null), RESUME_WAIT_MS));
    await Promise.race([opened.resume().catch(() => {}), waiting]);
    return opened.state === "running";
  }

  /** Replaces a context whose clock has stopped after a device change. */
  function checkClock(): void {
    const before = context?.currentTime;
    scope.timeout(() => {
      if (!store.get().playing || context === null || context.currentTime !== before) return;
      const position = player.position();
      stopGraph();
      closeContext();
      pausedAt = position;
      change({ playing: false });
      void player.play();
    }, DEVICE_CHECK_MS);
  }
  if (typeof navigator !== "undefined" && navigator.mediaDevices) {
    scope.listen(navigator.mediaDevices, "devicechange", checkClock);
  }

  const player: SoundPlayer = {
    duration,
    get: store.get,
    subscribe: store.subscribe,
    position() {
      if (graph === null || context === null) return pausedAt;
      return positionAt(graph.run, context.currentTime - (context.outputLatency || 0));
    },
    async render() {
      const layers = await loader.settle(context?.sampleRate ?? DEFAULT_RATE);
      if (layers === null) throw new MessageError("sound.failed");
      return renderSelection(layers, segments, gates);
    },
    async play() {
      if (store.get().playing || scope.signal.aborted) return;
      cancelSuspend();
      const opened = openContext();
      change({ playing: true });
      claimSound(player);
      const running = isRunning(opened);
      await loader.ensure(opened.sampleRate);
      const mayPlay = await running;
      // The user may have pressed pause meanwhile.
      if (!store.get().playing || scope.signal.aborted || graph !== null) return;
      if (store.get().layers === null || !mayPlay) {
        if (!mayPlay) change({ problem: { key: "sound.blocked" } });
        finish();
        return;
      }
      if (store.get().problem?.key === "sound.blocked") change({ problem: null });
      startGraph(pausedAt);
    },
    pause() {
      if (!store.get().playing) return;
      pausedAt = player.position();
      stopGraph();
      finish();
    },
    retryStems: () => loader.retryStems(context?.sampleRate ?? DEFAULT_RATE),
    seek(seconds) {
      const loop = loopSpan();
      const target = Math.min(duration, Math.max(0, seconds));
      if (loop !== null && (target < loop.start || target >= loop.end)) {
        change({ loopedSegment: null });
      }
      restartAt(target >= duration ? 0 : target);
    },
    setGates(next) {
      gates = next;
      if (graph !== null && context !== null) graph.setGates(spansOfLayers(), context.currentTime);
    },
    setLoop(segment) {
      if (segment === store.get().loopedSegment) return;
      const position = player.position();
      change({ loopedSegment: segment });
      const loop = loopSpan();
      const isInside = loop === null || (position >= loop.start && position < loop.end);
      restartAt(isInside ? position : loop.start);
    },
    setLooping(looping) {
      if (looping !== store.get().looping) change({ looping });
    },
    setVolume(volume) {
      change({ volume: Math.min(1, Math.max(0, volume)), muted: false });
      applyVolume();
    },
    setMuted(muted) {
      change({ muted });
      applyVolume();
    },
    dispose() {
      stopGraph();
      releaseSound(player);
      scope.dispose();
      closeContext();
      change({ playing: false });
    },
  };
  return player;
}
