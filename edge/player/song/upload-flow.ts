import { createStore, type Store } from "../store.ts";
import { describeError, type Message } from "../texts/translate.ts";
import type { Song } from "./send-song.ts";
import { songFault } from "./song-file.ts";

/** How far a song is on its way to the service. */
export type UploadState =
  | { kind: "idle" }
  | { kind: "sending"; sent: number; total: number }
  /** All of it is sent; the service is storing it. */
  | { kind: "storing" }
  | { kind: "done"; track: string }
  | { kind: "cancelled" }
  | { kind: "failed"; problem: Message };

/** One song after the other, until one has arrived. */
export interface UploadFlow {
  readonly store: Store<UploadState>;
  /** Sends a song. Settles once it has arrived, was refused or cancelled. */
  start(song: Song | null): Promise<void>;
  cancel(): void;
  /** Back to the beginning. */
  reset(): void;
}

/**
 * Creates the flow of uploading.
 *
 * @param send sends a song, tells how many bytes have gone, and resolves to the track's id
 * @param maxBytes that the service takes
 * @param signal ends whatever is under way
 */
export function createUploadFlow(
  send: (song: Song, onSent: (bytes: number) => void, signal: AbortSignal) => Promise<string>,
  maxBytes: number,
  signal: AbortSignal,
): UploadFlow {
  const store = createStore<UploadState>({ kind: "idle" });
  let running: AbortController | null = null;

  async function start(song: Song | null): Promise<void> {
    if (running !== null) return;
    if (song === null) {
      store.set({ kind: "failed", problem: { key: "song.none" } });
      return;
    }
    const controller = new AbortController();
    running = controller;
    const total = song.file.size;
    try {
      const fault = await songFault(song.file, maxBytes);
      if (fault !== null) {
        store.set({ kind: "failed", problem: fault });
        return;
      }
      store.set({ kind: "sending", sent: 0, total });
      const onSent = (sent: number) => {
        if (controller.signal.aborted) return;
        store.set(sent < total ? { kind: "sending", sent, total } : { kind: "storing" });
      };
      const ended = AbortSignal.any([signal, controller.signal]);
      store.set({ kind: "done", track: await send(song, onSent, ended) });
    } catch (error) {
      if (signal.aborted) return;
      store.set(
        controller.signal.aborted
          ? { kind: "cancelled" }
          : { kind: "failed", problem: describeError(error) },
      );
    } finally {
      running = null;
    }
  }

  return {
    store,
    start,
    cancel: () => running?.abort(),
    reset() {
      if (running === null) store.set({ kind: "idle" });
    },
  };
}
