import { createStore, type Store } from "../store.ts";
import { describeError, type Message } from "../texts/translate.ts";
import type { Song } from "./send-song.ts";
import { checkSongFile } from "./song-file.ts";

/** State of an upload. */
export type UploadState =
  | { kind: "idle" }
  | { kind: "sending"; sent: number; total: number }
  /** The server is storing the uploaded song. */
  | { kind: "storing" }
  | { kind: "done"; track: string }
  | { kind: "cancelled" }
  | { kind: "failed"; problem: Message };

/** Uploads one song at a time. */
export interface UploadFlow {
  readonly store: Store<UploadState>;
  /** Sends a song. Resolves once it has been stored, refused or cancelled. */
  start(song: Song | null): Promise<void>;
  cancel(): void;
  /** Returns to `idle` unless an upload runs. */
  reset(): void;
}

/**
 * Creates the flow of an upload form.
 *
 * @param send sends a song, reports the bytes sent, and resolves to the track's id
 * @param maxBytes upload limit of the server
 * @param signal aborts the upload
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
      const problem = await checkSongFile(song.file, maxBytes);
      if (problem !== null) {
        store.set({ kind: "failed", problem });
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
