import type { DisposalScope } from "../disposal-scope.ts";
import { describeError, type Message } from "../texts/translate.ts";
import type { GatedLayer, LayerSet } from "./layers.ts";

/** Loading phase of the sound. */
export type SoundPhase = "idle" | "fetching" | "decoding" | "ready" | "error";

/** Loading state of the separate sources: `none` if the track has none. */
export type StemsState =
  | { state: "idle" | "loading" | "ready" | "none" }
  | { state: "failed"; problem: Message };

/** Loading state of the sound. */
export interface LoadState {
  phase: SoundPhase;
  /** Reason why no sound, or not all of it, has loaded. */
  problem: Message | null;
  stems: StemsState;
  /** The loaded layers; null until there are any. */
  layers: LayerSet | null;
}

/** Loads layers. Each function rejects with a MessageError, or with the signal's reason. */
export interface LayerSources {
  /** Loads a layer per source; null if the track has no separate sources. */
  loadStems(sampleRate: number, onPhase: OnPhase, signal: AbortSignal): Promise<LayerSet | null>;
  loadMix(sampleRate: number, onPhase: OnPhase, signal: AbortSignal): Promise<LayerSet>;
  /** Loads the rendered highlights, which complement the mix. */
  loadHighlights(sampleRate: number, signal: AbortSignal): Promise<readonly GatedLayer[]>;
}
type OnPhase = (phase: "fetching" | "decoding") => void;

/** Loads sound: separate sources first, the mix if those are missing or slow. */
export interface SoundLoader {
  /** Loads what is missing. @returns the layers, or null if none could be loaded */
  ensure(sampleRate: number): Promise<LayerSet | null>;
  /** Like {@link ensure}, but waits for the separate sources too. */
  settle(sampleRate: number): Promise<LayerSet | null>;
  /** Requests the separate sources again after they failed. */
  retryStems(sampleRate: number): Promise<void>;
}

/** The server renders sources on the first request; the mix plays if that takes longer. */
export const STEMS_PATIENCE_MS = 4000;

/**
 * Creates a loader. If sources fail or are slow, the mix and the highlights play; sources that load
 * later replace them.
 *
 * @param get returns the state that `change` updates
 */
export function createSoundLoader(
  sources: LayerSources,
  scope: DisposalScope,
  get: () => LoadState,
  change: (part: Partial<LoadState>) => void,
): SoundLoader {
  const { signal } = scope;
  let loading: Promise<void> | null = null;
  let pendingStems: Promise<void> = Promise.resolve();

  /** Ignores phases once layers play. */
  const onPhase: OnPhase = (phase) => {
    if (get().layers === null) change({ phase });
  };

  async function requestStems(sampleRate: number): Promise<void> {
    change({ stems: { state: "loading" } });
    try {
      const stems = await sources.loadStems(sampleRate, onPhase, signal);
      if (signal.aborted) return;
      if (stems === null) change({ stems: { state: "none" } });
      else change({ phase: "ready", problem: null, stems: { state: "ready" }, layers: stems });
    } catch (error) {
      if (signal.aborted) return;
      change({ stems: { state: "failed", problem: describeError(error) }, problem: null });
    }
  }

  async function load(sampleRate: number): Promise<void> {
    change({ phase: "fetching", problem: null });
    pendingStems = requestStems(sampleRate);
    await withPatience(pendingStems);
    if (signal.aborted || get().layers !== null) return;
    try {
      const mix = await sources.loadMix(sampleRate, onPhase, signal);
      if (signal.aborted || get().layers !== null) return;
      change({ phase: "ready", layers: mix });
      void loadHighlights(sampleRate);
    } catch (error) {
      await pendingStems;
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
      // Loaded sources need no highlights; for failed ones a problem is shown already.
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
      await pendingStems;
      return get().layers;
    },
    async retryStems(sampleRate) {
      const { stems, layers } = get();
      if (layers === null || (stems.state !== "failed" && stems.state !== "none")) return;
      pendingStems = requestStems(sampleRate);
      await pendingStems;
    },
  };
}
