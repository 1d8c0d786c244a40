import { InputError } from "../../input-error.ts";
import { type Audio, sampleCount } from "../audio.ts";
import { concatenate } from "../bytes.ts";
import { decodeFlac } from "../flac/flac.ts";
import type { AudioLimits } from "../limits.ts";
import { decodeVorbis } from "../vorbis/vorbis.ts";
import { decodeOpus } from "./opus.ts";
import { type OggStream, readOgg } from "./stream.ts";

/**
 * Decodes Vorbis, Opus or FLAC in Ogg.
 *
 * @throws InputError if a page or packet is damaged or missing, the file holds several streams, or
 *   the codec isn't supported
 */
export async function decodeOgg(bytes: Uint8Array, limits: AudioLimits): Promise<Audio> {
  const { codec, stream } = readOgg(bytes);
  const audio = await decodeStream(codec, stream, limits);
  if (sampleCount(audio) === 0) {
    throw new InputError("The Ogg file holds no audio samples. Export it again.");
  }
  return audio;
}

function decodeStream(codec: string, stream: OggStream, limits: AudioLimits) {
  if (codec === "opus") return decodeOpus(stream, limits);
  if (codec === "vorbis") return decodeVorbis(stream, limits);
  // The first packet is a 9-byte prefix and the native header; the others are blocks and frames.
  const [head, ...others] = stream.packets.map((packet) => packet.bytes);
  return decodeFlac(concatenate([head!.subarray(9), ...others]), limits);
}
