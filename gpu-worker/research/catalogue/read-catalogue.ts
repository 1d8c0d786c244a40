import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  CatalogueError,
  type Listen,
  parseListening,
} from "@lemons/shared/catalogue/parse-listening";
import { Catalogue } from "@lemons/shared/contract/catalogue";
import { InputError } from "../../engine/input-error.ts";

/** Enough for a hundred thousand tracks with long descriptions. */
const MAX_CATALOGUE_BYTES = 256 * 1024 * 1024;
const MAX_LISTENING_BYTES = 256 * 1024 * 1024;

/**
 * Reads `catalog.json` of a catalogue folder, its paths spelled as on disk.
 *
 * @throws InputError if it can't be read, isn't a catalogue, or names a track twice
 */
export async function readCatalogue(directory: string): Promise<Catalogue> {
  const path = join(directory, "catalog.json");
  let document: unknown;
  try {
    document = JSON.parse(await readTextUpTo(path, MAX_CATALOGUE_BYTES));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read as JSON.`, { cause: error });
  }
  const parsed = Catalogue.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InputError(`${path} is not a catalogue: ${issue.path.join(".")} ${issue.message}.`);
  }
  const slugs = new Set<string>();
  for (const { slug } of parsed.data.tracks) {
    if (slugs.has(slug)) throw new InputError(`${path} has two tracks named "${slug}". Keep one.`);
    slugs.add(slug);
  }
  return spellAsOnDisk(directory, parsed.data);
}

/**
 * Spells a catalogue's paths as the file system does. Unicode writes an accented letter in two ways
 * (NFC and NFD), and copying between systems changes one into the other.
 */
export async function spellAsOnDisk(directory: string, catalogue: Catalogue): Promise<Catalogue> {
  const listed = new Map<string, Promise<string[]>>();
  const namesIn = (folder: string) => {
    const names = listed.get(folder) ?? readdir(folder).catch(() => []);
    listed.set(folder, names);
    return names;
  };
  const spell = async (path: string): Promise<string> => {
    if (path.normalize("NFC") === path.normalize("NFD")) return path;
    const spelled: string[] = [];
    for (const name of path.split("/")) {
      const names = await namesIn(join(directory, ...spelled));
      const same = names.find((each) => each.normalize() === name.normalize());
      spelled.push(names.includes(name) ? name : (same ?? name));
    }
    return spelled.join("/");
  };
  const tracks = catalogue.tracks.map(async ({ file, stems, truth, ...track }) => ({
    ...track,
    file: await spell(file),
    ...(stems === undefined ? {} : { stems: await spell(stems) }),
    ...(truth === undefined ? {} : { truth: await spell(truth) }),
  }));
  return { ...catalogue, tracks: await Promise.all(tracks) };
}

/**
 * Reads `listening.tsv` of a catalogue folder.
 *
 * @throws InputError if it can't be read, a line is malformed, or a track isn't in the catalogue
 */
export async function readListening(directory: string, catalogue: Catalogue): Promise<Listen[]> {
  const path = join(directory, "listening.tsv");
  let listening: Listen[];
  try {
    listening = parseListening(await readTextUpTo(path, MAX_LISTENING_BYTES));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof CatalogueError ? `: ${error.message}` : " cannot be read.";
    throw new InputError(`${path}${reason}`, { cause: error });
  }
  const slugs = new Set(catalogue.tracks.map(({ slug }) => slug));
  const stray = listening.find(({ track }) => !slugs.has(track));
  if (stray) {
    throw new InputError(
      `${path}: ${stray.listener} listened to "${stray.track}", which catalog.json lacks.`,
    );
  }
  return listening;
}

async function readTextUpTo(path: string, maxBytes: number): Promise<string> {
  const { size } = await stat(path);
  if (size > maxBytes) {
    throw new InputError(`${path} has ${size} bytes; at most ${maxBytes} are read.`);
  }
  return await readFile(path, "utf8");
}
