import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type {
  EncoderLink,
  ModelLink,
  SplitModelLink,
  TrackSound,
  WorkerExplainRequest,
} from "@lemons/shared/contract/gpu-worker";
import { stemsHash } from "@lemons/shared/identity/stems-hash";
import { MAX_TABLE_BYTES } from "@lemons/shared/what-if/table-format";
import { MAX_AUDIO_BYTES } from "../engine/audio/limits.ts";
import type {
  EncoderBytes,
  ModelBytes,
  SoundBytes,
  SplitModelBytes,
  StoredTable,
} from "../engine/compute/messages.ts";
import { MAX_ONNX_BYTES } from "../engine/onnx/onnx-limits.ts";
import { ServiceError } from "./failure.ts";
import type { ObjectLinks } from "./object-links.ts";

export async function fetchModel(
  { manifest, url }: ModelLink,
  objects: ObjectLinks,
  signal: AbortSignal,
): Promise<ModelBytes> {
  const what = `the model ${manifest.id}`;
  const wanted = { url, sha256: manifest.version, maxBytes: MAX_ONNX_BYTES, what };
  return { manifest, onnx: await objects.get(wanted, signal) };
}

export async function fetchEncoder(
  { version, frontEnd, url }: EncoderLink,
  objects: ObjectLinks,
  signal: AbortSignal,
): Promise<EncoderBytes> {
  const wanted = { url, sha256: version, maxBytes: MAX_ONNX_BYTES, what: "the encoder" };
  return { version, frontEnd, onnx: await objects.get(wanted, signal) };
}

/** A model in one file, or in two parts. */
export async function fetchAnyModel(
  link: ModelLink | SplitModelLink,
  objects: ObjectLinks,
  signal: AbortSignal,
): Promise<ModelBytes | SplitModelBytes> {
  if ("url" in link) return fetchModel(link, objects, signal);
  const { manifest, head } = link;
  const { encoderVersion: version, frontEnd } = manifest;
  const encoder = await fetchEncoder({ version, frontEnd, url: link.encoder.url }, objects, signal);
  return { manifest, encoder: encoder.onnx, head };
}

/** A response table of the store, or null where it cannot be had: it is then built again. */
export async function fetchTable(
  { url, sha256, record }: NonNullable<WorkerExplainRequest["table"]>,
  objects: ObjectLinks,
  signal: AbortSignal,
): Promise<StoredTable | null> {
  const wanted = { url, sha256, maxBytes: MAX_TABLE_BYTES, what: "the response table" };
  try {
    return { record, bytes: await objects.get(wanted, signal) };
  } catch (error) {
    if (error instanceof ServiceError && error.failure.kind === "link-failed") return null;
    throw error;
  }
}

/** Files that the sound of a track consists of. */
export function soundFiles(sound: TrackSound): number {
  return (sound.audio ? 1 : 0) + Object.keys(sound.stems ?? {}).length;
}

/** @param onFile called after each file */
export async function fetchSound(
  sound: TrackSound,
  objects: ObjectLinks,
  signal: AbortSignal,
  onFile?: () => void,
): Promise<SoundBytes> {
  const get = async (link: { url: string; sha256: string }, what: string) => {
    const bytes = await objects.get({ ...link, maxBytes: MAX_AUDIO_BYTES, what }, signal);
    onFile?.();
    return bytes;
  };
  const audio = sound.audio ? await get(sound.audio, "the audio") : null;
  if (!sound.stems) return { audio, stems: null };
  const stems = new Map<SourceName, Uint8Array>();
  for (const [source, link] of Object.entries(sound.stems)) {
    stems.set(source, await get(link, `the stem ${source}`));
  }
  return { audio, stems };
}

/** What names the sound of a track: the hash of its file; of the stems where only those are given. */
export async function soundSha256({ audio, stems }: TrackSound): Promise<string> {
  if (audio) return audio.sha256;
  const links = Object.entries(stems ?? {});
  return stemsHash(Object.fromEntries(links.map(([source, { sha256 }]) => [source, sha256])));
}
