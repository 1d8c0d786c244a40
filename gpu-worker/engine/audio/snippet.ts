import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import { type Audio, cut, sampleCount } from "./audio.ts";

export interface AudioSnippet {
  audio: Audio;
  /** Start of the snippet in the track. */
  startSeconds: number;
  seconds: number;
}

/** Returns the centre `seconds` of a track, or the whole of a shorter one. */
export function centreSnippet(audio: Audio, seconds = SNIPPET_SECONDS): AudioSnippet {
  const length = sampleCount(audio);
  const samples = Math.min(length, Math.round(seconds * audio.sampleRate));
  const start = Math.floor((length - samples) / 2);
  return {
    audio: samples === length ? audio : cut(audio, start, samples),
    startSeconds: start / audio.sampleRate,
    seconds: samples / audio.sampleRate,
  };
}
