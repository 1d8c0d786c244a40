import type { WasmMediaEncoder } from "wasm-media-encoders";
import { type Audio, sampleCount, toMono } from "./audio.ts";
import { concatenate } from "./bytes.ts";

/** Samples given to an encoder at a time: its buffers grow with them. */
const BLOCK_SAMPLES = 65_536;

/** The audio as the encoders take it: one or two channels; more are mixed to one. */
export function monoOrStereo(audio: Audio): Audio & { count: 1 | 2 } {
  const { sampleRate, channels } = audio;
  if (channels.length === 2) return { sampleRate, channels, count: 2 };
  return { sampleRate, channels: channels.length === 1 ? channels : [toMono(audio)], count: 1 };
}

/** Feeds a configured encoder block by block and collects the file. */
export function encodeBlocks(
  encoder: WasmMediaEncoder<"audio/mpeg" | "audio/ogg">,
  audio: Audio,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < sampleCount(audio); start += BLOCK_SAMPLES) {
    const block = audio.channels.map((channel) => channel.subarray(start, start + BLOCK_SAMPLES));
    // The encoder reuses the memory that it returns.
    parts.push(encoder.encode(block).slice());
  }
  parts.push(encoder.finalize().slice());
  return concatenate(parts);
}
