import type { DisposalScope } from "../disposal-scope.ts";
import { describeError, type Message } from "../texts/translate.ts";
import type { GatedLayer, LayerSet } from "./load-layers.ts";

/** How far the sound is. */
export type SoundPhase = "idle" | "fetching" | "decoding" | "ready" | "error";

/** Whether sources can be heard one by one: not asked yet, on their way, there, never, or not now. */
export type StemsState =
  | { state: "unasked" | "coming" | "there" | "none" }
  | { state: "failed"; problem: Message };

/** What has been loaded. */
export interface LoadState {
  phase: SoundPhase;
  /** Why there is no sound, or not all of it. */
  problem: Message | null;
  stems: StemsState;
  /** What can be heard; null until it is there. */
  layers: LayerSet | null;
}

/** Where sound comes from. Each rejects with a MessageError, or the signal's reason. */
export interface LayerSources {
  /** Every source by itself; null where there are none. */
  loadStems(sampleRate: number, onPhase: OnPhase, signal: AbortSignal): Promise<LayerSet | null>;
  loadMix(sampleRate: number, onPhase: OnPhase, signal: AbortSignal): Promise<LayerSet>;
  /** Parts that were rendered beforehand, to be heard beside the mix. */
  loadHighlights(sampleRate: number, signal: AbortSignal): Promise<readonly GatedLayer[]>;
}
type OnPhase = (phase: "fetching" | "decoding") => void;

/** Loads sound in stages, the best that there is first. */
export interface SoundLoader {
  /** Loads what is missing. @returns what can be heard; null where nothing can */
  ensure(sampleRate: number): Promise<LayerSet | null>;
  /** As {@link ensure}, once nothing better is on its way. */
  settle(sampleRate: number): Promise<LayerSet | null>;
  /** Asks for sources again that could not be had. */
  retryStems(sampleRate: number): Promise<void>;
}

/** Sources are rendered when they are first asked for. Whoever waits longer than this hears the mix. */
export const STEMS_PATIENCE_MS = 4000;

/**
 * Creates a loader. Sources that fail or take their time leave the mix and what was rendered of it
 * beforehand; once they are there, they take over.
 *
 * @param get the state that {@link change} changes
 */
export function createSoundLoader(
  sources: LayerSources,
  scope: DisposalScope,
  get: () => LoadState,
  change: (part: Partial<LoadState>) => void,
): SoundLoader {
  const { signal } = scope;
  let loading: Promise<void> | null = null;
  let arriving: Promise<void> = Promise.resolve();

  /** What plays already is not disturbed by the phases of what may come. */
  const onPhase: OnPhase = (phase) => {
    if (get().layers === null) change({ phase });
  };

  async function askForStems(sampleRate: number): Promise<void> {
    change({ stems: { state: "coming" } });
    try {
      const stems = await sources.loadStems(sampleRate, onPhase, signal);
      if (signal.aborted) return;
      if (stems === null) change({ stems: { state: "none" } });
      else change({ phase: "ready", problem: null, stems: { state: "there" }, layers: stems });
    } catch (error) {
      if (signal.aborted) return;
      change({ stems: { state: "failed", problem: describeError(error) }, problem: null });
    }
  }

  async function load(sampleRate: number): Promise<void> {
    change({ phase: "fetching", problem: null });
    arriving = askForStems(sampleRate);
    await withPatience(arriving);
    if (signal.aborted || get().layers !== null) return;
    try {
      const mix = await sources.loadMix(sampleRate, onPhase, signal);
      if (signal.aborted || get().layers !== null) return;
      change({ phase: "ready", layers: mix });
      void loadHighlights(sampleRate);
    } catch (error) {
      await arriving;
      if (signal.aborted || get().layers !== null) return;
      change({ phase: "error", problem: describeError(error) });
    }
  }

  async function loadHighlights(sampleRate: number): Promise<void> {
    try {
      const more = await sources.loadHighlights(sampleRate, signal);
      const { layers } = get();
      if (signal.aborted || layers?.kind !== "mix" || more.length === 0) return;
      change({ layers: { ...layers, layers: [...layers.layers, ...more] } });
    } catch (error) {
      const { layers, stems } = get();
      // Sources that have come are better, and of those that have failed it is said already.
      if (signal.aborted || layers?.kind !== "mix" || stems.state === "failed") return;
      change({ problem: describeError(error) });
    }
  }

  async function withPatience(promise: Promise<void>): Promise<void> {
    let cancel = () => {};
    const patience = new Promise<void>((resolve) => {
      cancel = scope.timeout(resolve, STEMS_PATIENCE_MS);
    });
    await Promise.race([promise, patience]);
    cancel();
  }

  async function ensure(sampleRate: number): Promise<LayerSet | null> {
    if (get().layers === null) {
      loading ??= load(sampleRate).finally(() => {
        loading = null;
      });
      await loading;
    }
    return get().layers;
  }

  return {
    ensure,
    async settle(sampleRate) {
      await ensure(sampleRate);
      await arriving;
      return get().layers;
    },
    async retryStems(sampleRate) {
      const { stems, layers } = get();
      if (layers === null || (stems.state !== "failed" && stems.state !== "none")) return;
      arriving = askForStems(sampleRate);
      await arriving;
    },
  };
}
