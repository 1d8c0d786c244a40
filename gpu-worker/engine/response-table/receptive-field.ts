import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { reachOf, type SlidingWindow } from "./time-window.ts";

/** Column j of a tensor sees frames j x stride - halo to j x stride - halo + frames - 1. */
export interface ReceptiveField {
  /** Frames from one column to the next. */
  stride: number;
  /** Frames seen before frame j x stride. */
  halo: number;
  frames: number;
}

/** Of the spectrogram itself. */
export const ONE_FRAME: ReceptiveField = { stride: 1, halo: 0, frames: 1 };

/** Receptive field behind one more window (Araujo et al., Distill 2019, equations 1 and 2). */
export function behindWindow(field: ReceptiveField, window: SlidingWindow): ReceptiveField {
  return {
    stride: field.stride * window.stride,
    halo: field.halo + field.stride * window.padBegin,
    frames: field.frames + field.stride * (reachOf(window) - 1),
  };
}

/** Length of the waveform that so many frames see. */
export function secondsOf(frames: number, { hop, nFft, sampleRate }: FrontEnd): number {
  return ((frames - 1) * hop + nFft) / sampleRate;
}
