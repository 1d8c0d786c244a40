import { encodePcmWave } from "../sound/pcm-wave.ts";

const SAMPLE_RATE = 22_050;
/** All voices together stay below 1. */
const LOUDNESS = 0.4;

/** One voice of the gallery's music, by name of its source: a sound at a time, -1 to 1. */
const VOICES: Readonly<Record<string, (time: number) => number>> = {
  vocals: (time) => Math.sin(2 * Math.PI * 440 * time + 3 * Math.sin(2 * Math.PI * 5 * time)) * 0.3,
  piano: (time) => Math.sin(2 * Math.PI * 523 * time) * Math.exp(-4 * (time % 0.5)) * 0.5,
  drums: (time) => hiss(time) * Math.exp(-18 * (time % 0.5)) * 0.7,
  bass: (time) => Math.sin(2 * Math.PI * 82 * time) * (time % 1 < 0.7 ? 0.5 : 0.1),
};

/** Noise that is the same at every visit. */
function hiss(time: number): number {
  const value = Math.sin(Math.round(time * SAMPLE_RATE) * 12.9898) * 43_758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

/**
 * A source of the gallery's music as a wave file.
 *
 * @param source other names than the voices' sound as a soft chord
 */
export function exampleStem(source: string, seconds: number): ArrayBuffer {
  const voice =
    VOICES[source] ??
    ((time: number) =>
      (Math.sin(2 * Math.PI * 262 * time) + Math.sin(2 * Math.PI * 330 * time)) * 0.15);
  const samples = Float32Array.from(
    { length: Math.round(seconds * SAMPLE_RATE) },
    (_, i) => LOUDNESS * voice(i / SAMPLE_RATE),
  );
  return encodePcmWave([samples], SAMPLE_RATE).buffer;
}
