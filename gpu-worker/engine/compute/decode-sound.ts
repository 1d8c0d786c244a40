import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { attributeInputErrors, InputError } from "../input-error.ts";
import type { SoundBytes } from "./messages.ts";

/** A track as samples: a mix, stems, or both. */
export interface DecodedSound {
  mix: Audio | null;
  stems: Map<SourceName, Audio> | null;
}

/** Decodes the stems of a folder. @throws InputError if they can't be read or decoded */
export type ReadStems = (folder: string) => Promise<Map<SourceName, Audio>>;

/**
 * Decodes a track's files.
 *
 * @throws UnusableInputError attributed to the audio or the stems
 */
export async function decodeSound(
  { audio, stems }: SoundBytes,
  readStems: ReadStems,
  onProgress: (progress: Progress) => void,
): Promise<DecodedSound> {
  const files = (audio ? 1 : 0) + (stems === null ? 0 : typeof stems === "string" ? 1 : stems.size);
  let done = 0;
  const report = () => onProgress({ phase: "decoding", done: done++, total: files });
  report();
  const decoded: DecodedSound = { mix: null, stems: null };
  if (audio) {
    decoded.mix = await attributeInputErrors("audio", () => decodeAudio(unshared(audio)));
    report();
  }
  if (typeof stems === "string") {
    decoded.stems = await attributeInputErrors("stems", () => readStems(stems));
    report();
  } else if (stems) {
    decoded.stems = new Map();
    for (const [source, bytes] of stems) {
      decoded.stems.set(
        source,
        await attributeInputErrors("stems", () => decodeStem(source, bytes)),
      );
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

/** Copies bytes out of memory shared between threads, which decoders and onnxruntime don't accept. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
