import { type Audio, sampleCount } from "./audio.ts";
import { viewOf } from "./bytes.ts";

const HEADER_BYTES = 58;
const IEEE_FLOAT = 3;

/** Encodes a wav file of 32-bit floats, which keeps every sample exactly, also beyond full scale. */
export function encodeWavFloat32(audio: Audio): Uint8Array {
  const channels = audio.channels.length;
  const samples = sampleCount(audio);
  const dataBytes = samples * channels * 4;
  const bytes = new Uint8Array(HEADER_BYTES + dataBytes);
  const view = viewOf(bytes);
  const text = (offset: number, value: string) =>
    bytes.set(new TextEncoder().encode(value), offset);
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 18, true);
  view.setUint16(20, IEEE_FLOAT, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, audio.sampleRate, true);
  view.setUint32(28, audio.sampleRate * channels * 4, true);
  view.setUint16(32, channels * 4, true);
  view.setUint16(34, 32, true);
  text(38, "fact");
  view.setUint32(42, 4, true);
  view.setUint32(46, samples, true);
  text(50, "data");
  view.setUint32(54, dataBytes, true);
  for (let c = 0; c < channels; c++) {
    const channel = audio.channels[c]!;
    for (let i = 0; i < samples; i++) {
      view.setFloat32(HEADER_BYTES + (i * channels + c) * 4, channel[i]!, true);
    }
  }
  return bytes;
}
