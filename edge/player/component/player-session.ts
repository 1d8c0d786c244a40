import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { sortedComponents } from "@lemons/shared/explanation/ranking";
import type { PlayerApi } from "../api/player-api.ts";
import type { Span } from "../sound/gate-plan.ts";
import { loadHighlights, loadMix, loadStems } from "../sound/load-layers.ts";
import { encodePcmWave } from "../sound/pcm-wave.ts";
import { createSoundPlayer, type SoundPlayer } from "../sound/sound-player.ts";
import { t } from "../texts/translate.ts";
import { countOnThread } from "../what-if/counting-client.ts";
import { createExplanationStore, type WhatIfStore } from "../what-if/explanation-store.ts";
import {
  type Gates,
  isSilence,
  isWholeTrack,
  onlyParts,
  sameGates,
  wholeTrack,
} from "../what-if/selection.ts";

/** Selections with a button of their own. */
export type Preset = "original" | "top-1" | "top-3" | "own";

/** A loaded explanation with its what-if store and its sound, kept on the same selection. */
export interface PlayerSession {
  readonly explanation: PublishedExplanation;
  readonly track: TrackDetail;
  readonly whatIf: WhatIfStore;
  readonly sound: SoundPlayer;
  /** Seconds from the start of the excerpt. */
  readonly segments: readonly Span[];
  /** Returns the selection of a preset; null if it has none. */
  selectionOf(preset: Preset): Gates | null;
  /** Returns the selected preset. */
  current(): Preset;
  /** Selects a preset and plays it, starting at an audible segment. */
  listen(preset: Preset): void;
  /** Switches between the original and the last own selection. */
  compare(): void;
  togglePlay(): void;
  /** Starts or stops repeating the current segment. */
  toggleLoop(): void;
  /** @param position seconds from the start of the excerpt */
  segmentAt(position: number): number;
  /** Renders the selection as a WAV file with artist, licence and changes. @throws MessageError */
  record(): Promise<Blob>;
}

const PRESET_COUNTS = { "top-1": 1, "top-3": 3 } as const;

/**
 * Opens a session.
 *
 * @param signal closes the session and stops everything that plays or loads
 */
export function openSession(
  api: PlayerApi,
  explanation: PublishedExplanation,
  track: TrackDetail,
  signal: AbortSignal,
): PlayerSession {
  const { snippet } = explanation.audio;
  const segments = explanation.segments.map(({ startSeconds, endSeconds }) => ({
    start: startSeconds - snippet.startSeconds,
    end: endSeconds - snippet.startSeconds,
  }));
  const sources = explanation.separation.sources.length;
  const whatIf = createExplanationStore({
    explanation,
    loadTable: (ended) => api.table(ended),
    countElsewhere: countOnThread,
    signal,
  });
  const loading = { api, explanation, track };
  const sound = createSoundPlayer({
    segments,
    gates: whatIf.get().gates,
    createContext: () => new AudioContext({ latencyHint: "interactive" }),
    loadStems: (sampleRate, onPhase, ended) =>
      loadStems({ ...loading, sampleRate, onPhase, signal: ended }),
    loadMix: (sampleRate, onPhase, ended) =>
      loadMix({ ...loading, sampleRate, onPhase, signal: ended }),
    loadHighlights: (sampleRate, ended) =>
      loadHighlights({ ...loading, sampleRate, signal: ended }),
  });
  signal.addEventListener("abort", () => sound.dispose(), { once: true });

  let own: Gates | null = null;
  let lastGates = whatIf.get().gates;
  whatIf.subscribe(({ gates }) => {
    if (gates === lastGates) return;
    lastGates = gates;
    sound.setGates(gates);
    if (current() === "own") own = gates;
  });

  function selectionOf(preset: Preset): Gates | null {
    if (preset === "original") return wholeTrack(whatIf.grid());
    if (preset === "own") return own;
    const weights = whatIf.get().values?.weights ?? [];
    const parts = sortedComponents(weights, { negative: false, count: PRESET_COUNTS[preset] });
    return parts.length === 0 ? null : onlyParts(parts, whatIf.grid());
  }

  function current(): Preset {
    const { gates } = whatIf.get();
    if (isWholeTrack(gates)) return "original";
    const named = (["top-1", "top-3"] as const).find((preset) => {
      const selection = selectionOf(preset);
      return selection !== null && sameGates(selection, gates);
    });
    return named ?? "own";
  }

  function segmentAt(position: number): number {
    const found = segments.findIndex(({ end }) => position < end);
    return found === -1 ? segments.length - 1 : found;
  }

  /** Seeks to the next audible segment if the current one is silent. */
  function seekToSound(): void {
    const { gates } = whatIf.get();
    if (isSilence(gates) || sound.get().loopedSegment !== null) return;
    const isAudible = (segment: number) =>
      gates.subarray(segment * sources, (segment + 1) * sources).includes(1);
    const now = segmentAt(sound.position());
    if (isAudible(now)) return;
    const order = segments.map((_, i) => (now + i) % segments.length);
    const next = order.find(isAudible);
    if (next !== undefined) sound.seek(segments[next]!.start);
  }

  function play(): void {
    seekToSound();
    void sound.play();
  }

  return {
    explanation,
    track,
    whatIf,
    sound,
    segments,
    selectionOf,
    current,
    listen(preset) {
      const selection = selectionOf(preset);
      if (selection === null) return;
      whatIf.select(selection);
      play();
    },
    compare() {
      const other = current() === "original" ? (own ?? selectionOf("top-3")) : null;
      if (other === null) whatIf.reset();
      else whatIf.select(other);
    },
    togglePlay() {
      if (sound.get().playing) sound.pause();
      else play();
    },
    toggleLoop() {
      const looped = sound.get().loopedSegment;
      sound.setLoop(looped === null ? segmentAt(sound.position()) : null);
    },
    segmentAt,
    async record() {
      const { title, artist, licence, licenceUrl, changes } = track;
      const buffer = await sound.render();
      const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) =>
        buffer.getChannelData(i),
      );
      const wave = encodePcmWave(channels, buffer.sampleRate, {
        INAM: title,
        IART: artist,
        ICOP: [licence, licenceUrl].filter((each) => each !== null).join(" "),
        ICMT: t("sound.comment", { changes }),
      });
      return new Blob([wave], { type: "audio/wav" });
    },
  };
}
