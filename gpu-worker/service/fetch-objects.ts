import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type {
  EncoderLink,
  ModelLink,
  SplitModelLink,
  TrackSound,
  WorkerExplainRequest,
} from "@lemons/shared/contract/gpu-worker";
import { stemsHash } from "@lemons/shared/identity/sha256";
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
import { failureOf } from "./failure.ts";
import type { JobContext } from "./job-context.ts";

type Fetching = Pick<JobContext, "objects" | "signal">;

/** Fetches a model in one file. */
export async function fetchModel(
  { objects, signal }: Fetching,
  { manifest, url }: ModelLink,
): Promise<ModelBytes> {
  const what = `the model ${manifest.id}`;
  const wanted = { url, sha256: manifest.version, maxBytes: MAX_ONNX_BYTES, what };
  return { manifest, onnx: await objects.get(wanted, signal) };
}

export async function fetchEncoder(
  { objects, signal }: Fetching,
  { version, frontEnd, url }: EncoderLink,
): Promise<EncoderBytes> {
  const wanted = { url, sha256: version, maxBytes: MAX_ONNX_BYTES, what: "the encoder" };
  return { version, frontEnd, onnx: await objects.get(wanted, signal) };
}

/** Fetches a model in one file, or in two parts. */
export async function fetchAnyModel(
  fetching: Fetching,
  link: ModelLink | SplitModelLink,
): Promise<ModelBytes | SplitModelBytes> {
  if ("url" in link) return fetchModel(fetching, link);
  const { manifest, head } = link;
  const { encoderVersion: version, frontEnd } = manifest;
  const { url } = link.encoder;
  const { onnx } = await fetchEncoder(fetching, { version, frontEnd, url });
  return { manifest, encoder: onnx, head };
}

/** Fetches a stored response table. Returns null if that fails: the table is then built again. */
export async function fetchTable(
  { objects, signal }: Fetching,
  { url, sha256, record }: NonNullable<WorkerExplainRequest["table"]>,
): Promise<StoredTable | null> {
  const wanted = { url, sha256, maxBytes: MAX_TABLE_BYTES, what: "the response table" };
  try {
    return { record, bytes: await objects.get(wanted, signal) };
  } catch (error) {
    if (failureOf(error).kind === "link-failed") return null;
    throw error;
  }
}

/** Counts the files of a sound. */
export function soundFiles(sound: TrackSound): number {
  return (sound.audio ? 1 : 0) + Object.keys(sound.stems ?? {}).length;
}

/** @param onFile called after each file */
export async function fetchSound(
  { objects, signal }: Fetching,
  sound: TrackSound,
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

/** Returns the hash of a track's file, or of its stems if it has no file. */
export async function soundSha256({ audio, stems }: TrackSound): Promise<string> {
  if (audio) return audio.sha256;
  const links = Object.entries(stems ?? {});
  return stemsHash(Object.fromEntries(links.map(([source, { sha256 }]) => [source, sha256])));
}
