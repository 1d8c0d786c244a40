import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { decodeAudio } from "../../engine/audio/decode.ts";
import { MAX_AUDIO_BYTES } from "../../engine/audio/limits.ts";
import { mixOfSources } from "../../engine/explain/snippet-sources.ts";
import { InputError } from "../../engine/input-error.ts";
import { modelWaveform } from "../../engine/model/model-waveform.ts";
import { createNodeRuntime } from "../../engine/runtime/node/node-runtime.ts";
import { loadStems } from "../../engine/separate/node/load-stems.ts";
import { stemsOf } from "../../engine/separate/stems.ts";
import type { SoundLocation } from "../evaluate/evaluate-catalogue.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });

/** A decoded track on disk: mono float32 at the model's rate, in the machine's byte order. */
export interface DecodedTrack {
  file: string;
  samples: number;
}

const BYTES_PER_SAMPLE = 4;
/** Changes whenever decoding or resampling give different samples. */
const CACHE_VERSION = 1;

/**
 * Decodes a track to the mean of its channels at the front-end's rate, or returns the cached result. A
 * track with true stems is their sum. The file's name in `cache` is a hash of the source files' bytes,
 * so changed files are decoded again. A crop is one short read.
 *
 * @throws InputError if the sound can't be read or decoded, or is too short
 */
export async function decodeTrack(
  sound: SoundLocation,
  frontEnd: FrontEnd,
  cache: string,
): Promise<DecodedTrack> {
  const { sampleRate } = frontEnd;
  const files = await readSoundFiles(sound);
  const hash = createHash("sha256").update(`${CACHE_VERSION} ${sampleRate} ${sound.isStems}`);
  for (const { name, bytes } of files) {
    // A stem's file name is part of the sound; an audio file's name isn't.
    hash.update(`\n${sound.isStems ? name : ""} ${bytes.length}\n`).update(bytes);
  }
  const file = join(cache, `${hash.digest("hex")}.f32`);
  const cached = await stat(file).catch(() => null);
  if (cached) return { file, samples: cached.size / BYTES_PER_SAMPLE };

  const waveform = await prefixInputErrors(sound.path, async () => {
    const audio = sound.isStems
      ? mixOfSources((await stemsOf(null, await loadStems(sound.path))).stems)
      : await decodeAudio(files[0]!.bytes);
    return modelWaveform(audio, frontEnd, runtime);
  });
  await mkdir(cache, { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(
      temporary,
      new Uint8Array(waveform.buffer, waveform.byteOffset, waveform.byteLength),
    );
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return { file, samples: waveform.length };
}

async function readSoundFiles({ path, isStems }: SoundLocation) {
  try {
    const names = isStems ? (await readdir(path)).sort() : [path];
    const files: { name: string; bytes: Uint8Array }[] = [];
    for (const name of names) {
      const file = isStems ? join(path, name) : path;
      const entry = await stat(file);
      if (isStems && !entry.isFile()) continue;
      if (entry.size > MAX_AUDIO_BYTES) {
        throw new InputError(`${file}: ${entry.size} bytes; at most ${MAX_AUDIO_BYTES} are read`);
      }
      files.push({ name, bytes: await readFile(file) });
    }
    return files;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: the sound can't be read`, { cause: error });
  }
}

/** Prefixes the messages of InputErrors with the path. */
async function prefixInputErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(path)) throw error;
    throw new InputError(`${path}: ${error.message}`, { cause: error });
  }
}

/** Returns the folder of decoded audio: inside `LEMONS_CACHE`, or the user's cache folder. */
export function audioCacheFolder(environment: Record<string, string | undefined>): string {
  const { LEMONS_CACHE, XDG_CACHE_HOME } = environment;
  if (LEMONS_CACHE) return join(LEMONS_CACHE, "audio");
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "lemons", "audio");
}
