import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { InputError } from "../input-error.ts";
import { loadStems } from "../separate/node/load-stems.ts";
import { about } from "./blame-input.ts";
import type { SoundBytes } from "./compute-messages.ts";

/** A track as samples. At least one of the two is there. */
export interface DecodedSound {
  mix: Audio | null;
  stems: Map<SourceName, Audio> | null;
}

/** @throws ServiceError `input-unusable` about the audio or the stems */
export async function decodeSound(
  { audio, stems }: SoundBytes,
  onProgress: (progress: Progress) => void,
): Promise<DecodedSound> {
  const files = (audio ? 1 : 0) + (stems === null ? 0 : typeof stems === "string" ? 1 : stems.size);
  let done = 0;
  const report = () => onProgress({ phase: "decoding", done: done++, total: files });
  report();
  const decoded: DecodedSound = { mix: null, stems: null };
  if (audio) {
    decoded.mix = await about("audio", () => decodeAudio(unshared(audio)));
    report();
  }
  if (typeof stems === "string") {
    decoded.stems = await about("stems", () => loadStems(stems));
    report();
  } else if (stems) {
    decoded.stems = new Map();
    for (const [source, bytes] of stems) {
      decoded.stems.set(source, await about("stems", () => decodeStem(source, bytes)));
      report();
    }
  }
  return decoded;
}

async function decodeStem(source: SourceName, bytes: Uint8Array): Promise<Audio> {
  try {
    return await decodeAudio(unshared(bytes));
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${source}: ${error.message}`);
    throw error;
  }
}

/** Decoders and onnxruntime want memory of their own, not memory shared between threads. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
