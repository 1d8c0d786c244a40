import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { SourceName } from "@lemons/shared/contract/explanation-request";
import type { Audio } from "../../audio/audio.ts";
import { decodeAudio } from "../../audio/decode.ts";
import { MAX_AUDIO_BYTES } from "../../audio/limits.ts";
import { InputError } from "../../input-error.ts";
import { compareSources, MAX_STEMS } from "../stems.ts";

const AUDIO_EXTENSIONS = new Set([
  ".wav",
  ".aif",
  ".aiff",
  ".mp3",
  ".ogg",
  ".oga",
  ".opus",
  ".flac",
  ".m4a",
]);

/** MUSDB18 and many multitrack exports store the mix beside its stems. */
const MIX_NAMES = new Set(["mixture", "mix"]);

/**
 * Reads the stems of a folder: audio files named by source (`drums.wav`). Skips other extensions,
 * folders, hidden files and the mix itself (`mixture.*`, `mix.*`).
 *
 * @returns the stems in the order of `compareSources`
 * @throws InputError if the folder can't be read or has no stems, a name isn't a SourceName, two
 *   files name one source, or a file is too large or can't be decoded
 */
export async function loadStems(directory: string): Promise<Map<SourceName, Audio>> {
  const files = await stemFiles(directory);
  const stems = new Map<SourceName, Audio>();
  for (const source of [...files.keys()].sort(compareSources)) {
    const path = join(directory, files.get(source)!);
    try {
      stems.set(source, await decodeAudio(await readFile(path)));
    } catch (error) {
      if (error instanceof InputError) throw new InputError(`${path}: ${error.message}`);
      throw error;
    }
  }
  return stems;
}

/** Finds the stem files of a folder by source. */
async function stemFiles(directory: string): Promise<Map<SourceName, string>> {
  const files = new Map<SourceName, string>();
  for (const name of await namesIn(directory)) {
    const extension = extname(name);
    const stem = name.slice(0, name.length - extension.length).toLowerCase();
    if (name.startsWith(".") || !AUDIO_EXTENSIONS.has(extension.toLowerCase())) continue;
    const facts = await stat(join(directory, name));
    if (MIX_NAMES.has(stem) || !facts.isFile()) continue;
    if (facts.size > MAX_AUDIO_BYTES) {
      throw new InputError(
        `${join(directory, name)} has ${facts.size} bytes; the limit is ${MAX_AUDIO_BYTES}. Encode it smaller.`,
      );
    }
    const source = SourceName.safeParse(stem);
    if (!source.success) {
      const rule = source.error.issues[0]?.message;
      throw new InputError(`${join(directory, name)}: the name before the extension ${rule}.`);
    }
    const twin = files.get(source.data);
    if (twin) {
      throw new InputError(
        `${directory} has two files for the source "${stem}": ${twin} and ${name}. Keep one.`,
      );
    }
    files.set(source.data, name);
  }
  if (files.size === 0) {
    const extensions = [...AUDIO_EXTENSIONS].join(", ");
    throw new InputError(
      `${directory} has no stems. Add audio files named by source, such as drums.wav ` +
        `(${extensions}).`,
    );
  }
  if (files.size > MAX_STEMS) {
    throw new InputError(`${directory} has ${files.size} stems; the limit is ${MAX_STEMS}.`);
  }
  return files;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    throw new InputError(
      `Can't read the stem folder ${directory}. Check its path and permissions.`,
      { cause: error },
    );
  }
}
